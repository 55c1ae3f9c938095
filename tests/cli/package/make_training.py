# make_training.py DIR [CLASSES]: what a training job of an SSD in MXNet leaves, for pictures of 4x4 and with one anchor a cell.
import json
import struct
import sys

folder, classes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1


def node(op, name, inputs=(), **attrs):
    return {"op": op, "name": name, "attrs": attrs, "inputs": [[i, 0, 0] if isinstance(i, int) else [*i, 0] for i in inputs]}


def head(name, first, filters):
    return [node("null", f"{name}_weight"), node("null", f"{name}_bias"),
            node("Convolution", name, (1, first, first + 1), kernel="(1, 1)", num_filter=str(filters)),
            node("transpose", f"{name}_t", (first + 2,), axes="(0, 2, 3, 1)")]


nodes = [node("null", "data"), node("Pooling", "features", (0,), kernel="(2, 2)", stride="(2, 2)", pool_type="max")]
nodes += head("cls", 2, classes + 1)
nodes += [node("Flatten", "cls_f", (5,)), node("Reshape", "cls_r", (6,), shape=f"(0, -1, {classes + 1})"),
          node("transpose", "multibox_cls_pred", (7,), axes="(0, 2, 1)")]
nodes += head("loc", 9, 4)
nodes += [node("Flatten", "multibox_loc_pred", (12,)), node("_contrib_MultiBoxPrior", "prior", (1,), sizes="(0.5,)", ratios="(1,)"),
          node("Flatten", "prior_f", (14,)), node("Reshape", "multibox_anchors", (15,), shape="(0, -1, 4)"),
          node("null", "label"), node("_contrib_MultiBoxTarget", "multibox_target", (16, 17, 8)),
          node("SoftmaxOutput", "cls_prob", (8, (18, 2)), multi_output="True"), node("MakeLoss", "cls_label", ((18, 2),))]
symbol = {"nodes": nodes, "arg_nodes": [i for i, n in enumerate(nodes) if n["op"] == "null"], "heads": [[19, 0, 0], [20, 0, 0]],
          "attrs": {"mxnet_version": ["int", 10400]}}
json.dump(symbol, open(f"{folder}/model_algo_1-symbol.json", "w"))

arrays = {"arg:cls_weight": (classes + 1, 3, 1, 1), "arg:cls_bias": (classes + 1,), "arg:loc_weight": (4, 3, 1, 1), "arg:loc_bias": (4,)}
with open(f"{folder}/model_algo_1-0000.params", "wb") as file:
    file.write(struct.pack("<QQQ", 0x112, 0, len(arrays)))
    for shape in arrays.values():
        count = 1
        for side in shape:
            count *= side
        file.write(struct.pack(f"<Iii{len(shape)}q", 0xF993FAC9, 0, len(shape), *shape))
        file.write(struct.pack(f"<iii{count}f", 1, 0, 0, *(i / 10 for i in range(count))))
    file.write(struct.pack("<Q", len(arrays)))
    for name in arrays:
        file.write(struct.pack("<Q", len(name)) + name.encode())
json.dump({"image_shape": "4", "num_classes": str(classes), "nms_threshold": "0.45", "nms_topk": "100", "base_network": "resnet-50"},
          open(f"{folder}/hyperparams.json", "w"))
