#!/usr/bin/env python3
# mxnet_reference.py SYMBOL SIZE OUT: an SSD of MXNet computed from its definition with numpy alone, to compare engines with.
# Writes into the folder OUT: weights that it makes up (model_algo_1-0000.params), the graph beside them, a picture (picture.png) and
# what the network says about it (detections.json): every layer in float64, the last step in the order of multibox_detection.cc.
import json
import struct
import sys
import zlib

import numpy as np

symbol_path, size, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
symbol = json.load(open(symbol_path))
nodes = symbol["nodes"]
random = np.random.RandomState(7)


def attribute(node, key, fallback):
    return (node.get("attrs") or {}).get(key, fallback)


def numbers(text):
    return [float(word) for word in text.strip("()[]").split(",") if word.strip()]


def pair(node, key, fallback):
    return [int(number) for number in numbers(attribute(node, key, fallback))]


def windows(x, kernel, stride, pad, fill):
    x = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])), constant_values=fill)
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return view[:, :, :: stride[0], :: stride[1]]  # n c h w kh kw


def convolution(x, weights, bias, stride, pad):
    view = windows(x, weights.shape[2:], stride, pad, 0)
    n, c, h, w, kh, kw = view.shape
    columns = view.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, c * kh * kw)
    y = columns @ weights.reshape(weights.shape[0], -1).T
    return y.reshape(n, h, w, -1).transpose(0, 3, 1, 2) + bias.reshape(1, -1, 1, 1)


def make_png(path, pixels):
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


y, x = np.mgrid[0:size, 0:size] / size
waves = [np.sin(2 * np.pi * (a * x + b * y) + c) for a, b, c in random.uniform(-6, 6, (12, 3))]
picture = np.stack([np.sum([waves[4 * k + i] for i in range(4)], axis=0) for k in range(3)], axis=-1)
picture = np.clip(127 + 40 * picture + random.normal(0, 12, picture.shape), 0, 255).astype(np.uint8)
make_png(f"{out}/picture.png", picture)

values, weights = {}, {}


def make(node, shape, kind):
    """Weights for a variable, as float32 holds them."""
    made = {
        "gamma": lambda: random.uniform(0.5, 1.5, shape),
        "beta": lambda: random.normal(0, 0.1, shape),
        "moving_mean": lambda: random.normal(0, 0.1, shape),
        "moving_var": lambda: random.uniform(0.5, 1.5, shape),
        "bias": lambda: random.normal(0, 0.1, shape),
        "weight": lambda: random.normal(0, 1, shape),
    }[kind]()
    weights[node["name"]] = made.astype(np.float32)
    return weights[node["name"]].astype(np.float64)


def detection(classes, boxes, anchors, node):
    variances = numbers(attribute(node, "variances", "(0.1, 0.1, 0.2, 0.2)"))
    limit = float(attribute(node, "nms_threshold", "0.5"))
    force = attribute(node, "force_suppress", "False") == "True"
    topk = int(attribute(node, "nms_topk", "-1"))
    rows = []
    for i, (left, top, right, bottom) in enumerate(anchors[0]):
        label = int(np.argmax(classes[0, 1:, i]))
        score = classes[0, 1 + label, i]
        if score < 0.01:
            continue
        px, py, pw, ph = boxes[0, 4 * i : 4 * i + 4]
        w, h = right - left, bottom - top
        cx, cy = px * variances[0] * w + (left + right) / 2, py * variances[1] * h + (top + bottom) / 2
        w, h = np.exp(pw * variances[2]) * w / 2, np.exp(ph * variances[3]) * h / 2
        rows.append((label, score, *np.clip([cx - w, cy - h, cx + w, cy + h], 0, 1)))
    rows.sort(key=lambda row: -row[1])
    kept = []
    for row in rows[: topk if topk > 0 else None]:
        for other in kept:
            w = max(0, min(row[4], other[4]) - max(row[2], other[2]))
            h = max(0, min(row[5], other[5]) - max(row[3], other[3]))
            union = (row[4] - row[2]) * (row[5] - row[3]) + (other[4] - other[2]) * (other[5] - other[3]) - w * h
            if union > 0 and w * h / union >= limit and (force or row[0] == other[0]):
                break
        else:
            kept.append(row)
    return kept


def priors(node, height, width):
    sizes, ratios = numbers(attribute(node, "sizes", "(1,)")), numbers(attribute(node, "ratios", "(1,)"))
    rows = []
    for row in range(height):
        for column in range(width):
            for s, r in [(s, ratios[0]) for s in sizes] + [(sizes[0], r) for r in ratios[1:]]:
                cx, cy = (column + 0.5) / width, (row + 0.5) / height
                w, h = s * height / width * np.sqrt(r) / 2, s / np.sqrt(r) / 2
                rows.append((cx - w, cy - h, cx + w, cy + h))
    return np.array(rows)[None]


for index, node in enumerate(nodes):
    op, name = node["op"], node["name"]
    inputs = [i[0] for i in node["inputs"]]
    if op == "null":
        if name == "data":
            values[index] = picture.transpose(2, 0, 1)[None].astype(np.float64)
        continue
    take = lambda k: values[inputs[k]]
    if op == "Convolution":
        filters, kernel = int(attribute(node, "num_filter", "")), pair(node, "kernel", "")
        stride, pad = pair(node, "stride", "(1, 1)"), pair(node, "pad", "(0, 0)")
        w = make(nodes[inputs[1]], (filters, take(0).shape[1], *kernel), "weight")
        b = make(nodes[inputs[2]], (filters,), "bias") if len(inputs) == 3 else np.zeros(filters)
        result = convolution(take(0), w, np.zeros(filters), stride, pad)
        wanted = 2.5 if name.endswith("cls_pred_conv") else 1.0  # nothing explodes, and scores differ
        scaled = (w * (wanted / result.std())).astype(np.float32)
        weights[nodes[inputs[1]]["name"]] = scaled
        values[index] = convolution(take(0), scaled.astype(np.float64), b, stride, pad)
    elif op == "BatchNorm":
        channels = take(0).shape[1]
        gamma, beta, mean, var = (make(nodes[inputs[1 + i]], (channels,), kind) for i, kind in enumerate(("gamma", "beta", "moving_mean", "moving_var")))
        if name == "bn_data":  # the picture is 0..255
            for key, factor, offset in ((inputs[3], 10, 127), (inputs[4], 2000, 0)):
                weights[nodes[key]["name"]] = (weights[nodes[key]["name"]] * factor + offset).astype(np.float32)
            mean, var = (weights[nodes[inputs[k]]["name"]].astype(np.float64) for k in (3, 4))
        if attribute(node, "fix_gamma", "True") == "True":
            gamma = np.ones(channels)
        eps = float(attribute(node, "eps", "0.001"))
        shape = (1, -1, 1, 1)
        values[index] = gamma.reshape(shape) * (take(0) - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + eps) + beta.reshape(shape)
    elif op == "Activation":
        values[index] = np.maximum(take(0), 0)
    elif op == "Pooling":
        view = windows(take(0), pair(node, "kernel", ""), pair(node, "stride", "(1, 1)"), pair(node, "pad", "(0, 0)"), -np.inf)
        values[index] = view.max(axis=(4, 5))
    elif op == "elemwise_add":
        values[index] = take(0) + take(1)
    elif op == "Flatten":
        values[index] = take(0).reshape(take(0).shape[0], -1)
    elif op == "transpose":
        values[index] = take(0).transpose(pair(node, "axes", ""))
    elif op == "Concat":
        values[index] = np.concatenate([values[i] for i in inputs], axis=int(attribute(node, "dim", "1")))
    elif op == "Reshape":
        codes = pair(node, "shape", "")
        values[index] = take(0).reshape([take(0).shape[i] if code == 0 else code for i, code in enumerate(codes)])
    elif op == "SoftmaxActivation":
        powers = np.exp(take(0) - take(0).max(axis=1, keepdims=True))
        values[index] = powers / powers.sum(axis=1, keepdims=True)
    elif op == "_contrib_MultiBoxPrior":
        values[index] = priors(node, *take(0).shape[2:])
    elif op == "_contrib_MultiBoxDetection":
        anchors = take(2)
        values[index] = detection(take(0), take(1), anchors, node)
    elif op == "_copy":
        values[index] = take(0)
    else:
        sys.exit(f"{name}: {op}")

with open(f"{out}/model_algo_1-0000.params", "wb") as file:
    file.write(struct.pack("<QQQ", 0x112, 0, len(weights)))
    for array in weights.values():
        file.write(struct.pack("<Iii", 0xF993FAC9, 0, array.ndim) + struct.pack(f"<{array.ndim}q", *array.shape))
        file.write(struct.pack("<iii", 1, 0, 0) + array.tobytes())
    file.write(struct.pack("<Q", len(weights)))
    for name in weights:
        text = (("aux:" if "moving_" in name else "arg:") + name).encode()
        file.write(struct.pack("<Q", len(text)) + text)
json.dump(symbol, open(f"{out}/model_algo_1-symbol.json", "w"))
found = values[len(nodes) - 1]
json.dump(
    {
        "anchors": anchors.shape[1],
        "detections": [{"class_id": r[0], "score": r[1], "left": r[2] * size, "top": r[3] * size, "right": r[4] * size, "bottom": r[5] * size} for r in found],
    },
    open(f"{out}/detections.json", "w"),
)
