#!/usr/bin/env python3
# resnet34.py make FOLDER | time FOLDER BATCH THREADS: torchvision's ResNet34 with made-up weights, as ONNX and in PyTorch itself.
import sys
import time

import torch
import torchvision

folder = sys.argv[2]
if sys.argv[1] == "make":
    torch.manual_seed(1)
    model = torchvision.models.resnet34().eval()
    torch.save(model.state_dict(), f"{folder}/resnet34.pt")
    torch.onnx.export(model, torch.zeros(1, 3, 224, 224), f"{folder}/resnet34.onnx", opset_version=12, input_names=["input"],
                      output_names=["logits"], dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}})
    labels = ", ".join(f"class{i}" for i in range(1000))
    with open(f"{folder}/model.yaml", "w") as file:
        file.write("schema: mlopsctl.model/1\nname: resnet34\nversion: '1'\ntask: classification\nweights: resnet34.onnx\nformat: onnx\n"
                   "input: {name: input, width: 224, height: 224, color: rgb, resize: stretch, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375]}\n"
                   f"decoder: {{kind: classification}}\nlabels: [{labels}]\nlicence: none\n")
else:
    batch = int(sys.argv[3])
    torch.set_num_threads(int(sys.argv[4]))
    model = torchvision.models.resnet34().eval()
    model.load_state_dict(torch.load(f"{folder}/resnet34.pt"))
    pictures = torch.rand(batch, 3, 224, 224)
    with torch.inference_mode():
        for _ in range(2):
            model(pictures)
        times = []
        for _ in range(30 if batch == 1 else 4):
            start = time.perf_counter()
            model(pictures)
            times.append(time.perf_counter() - start)
    print(f"{sorted(times)[len(times) // 2] * 1000 / batch:.2f}")
