#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the shapes detector on folders that `mlopsctl capture pattern:shapes?... -o DIR` wrote.

Needs python3-torch, python3-onnx, python3-numpy and python3-pil, no GPU. The recipe: README.md.
"""
import argparse
import copy
import hashlib
import json
import math
import os
import time
from pathlib import Path

# Threads that wait must not spin: beside other work on the same machine that is many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

WIDTH, HEIGHT, PAD = 320, 240, 114
MAX_SHAPES = 8  # rows kept for the boxes of one image


# ---- data --------------------------------------------------------------------------------------


def read_folder(folder):
    """Yields (path, [[class, left, top, right, bottom], ...], class names) for each image."""
    for line in (folder / "labels.manifest").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        attribute = next(key for key in record if f"{key}-metadata" in record)
        class_map = record[f"{attribute}-metadata"]["class-map"]
        boxes = [
            [a["class_id"], a["left"], a["top"], a["left"] + a["width"], a["top"] + a["height"]]
            for a in record[attribute]["annotations"]
        ]
        yield folder / record["source-ref"], boxes, [
            class_map[str(i)] for i in range(len(class_map))
        ]


def letterbox(pixels):
    """Fits pixels [3, h, w] into the input, centred. Returns the image and (scale, left, top)."""
    height, width = pixels.shape[1:]
    scale = min(WIDTH / width, HEIGHT / height)
    w, h = round(width * scale), round(height * scale)
    left, top = (WIDTH - w) // 2, (HEIGHT - h) // 2
    if (w, h) != (width, height):
        small = F.interpolate(
            pixels[None].float(), size=(h, w), mode="bilinear", align_corners=False
        )[0]
        pixels = small.round().to(torch.uint8)
    image = torch.full((3, HEIGHT, WIDTH), PAD, dtype=torch.uint8)
    image[:, top : top + h, left : left + w] = pixels
    return image, (scale, left, top)


def load(folders):
    """Images as uint8 [n, 3, H, W], boxes as float [n, MAX_SHAPES, 5] (class -1: no box), names."""
    images, labels, names = [], [], None
    for folder in folders:
        for path, boxes, class_names in read_folder(folder):
            names = names or class_names
            if names != class_names:
                raise SystemExit(f"{path}: classes {class_names}, other folders have {names}")
            pixels = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1)
            image, (scale, left, top) = letterbox(pixels)
            rows = torch.full((MAX_SHAPES, 5), -1.0)
            for row, box in zip(rows, boxes):
                row[:] = torch.tensor(box)
                row[1:] = row[1:] * scale + torch.tensor([left, top, left, top])
            images.append(image)
            labels.append(rows)
    return torch.stack(images), torch.stack(labels), names


def augment(images, labels, generator):
    """Flips, and colours that say nothing: channels in any order, some inverted, some faded."""
    images, labels = images.float() / 255, labels.clone()
    n = len(images)

    def chance(p):
        return torch.rand(n, generator=generator) < p

    for dim, low, high, size in ((3, 1, 3, WIDTH), (2, 2, 4, HEIGHT)):
        flip = chance(0.5)
        images[flip] = images[flip].flip(dim)
        sides = labels[flip][:, :, [high, low]]
        labels[flip, :, low], labels[flip, :, high] = size - sides[..., 0], size - sides[..., 1]
    order = torch.rand(n, 3, generator=generator).argsort(1)
    images = images.gather(1, order[:, :, None, None].expand_as(images))
    invert = (torch.rand(n, 3, 1, 1, generator=generator) < 0.2).float()
    images = images * (1 - invert) + (1 - images) * invert
    fade = 0.4 * torch.rand(n, 1, 1, 1, generator=generator)
    contrast = 1 - fade * chance(0.5)[:, None, None, None]
    shift = (1 - contrast) * torch.rand(n, 3, 1, 1, generator=generator)
    return images * contrast + shift, labels


# ---- network -----------------------------------------------------------------------------------


class Conv(nn.Sequential):
    def __init__(self, inputs, outputs, stride=1, size=3):
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = Conv(channels, channels)

    def forward(self, x):
        return x + self.conv(x)


class Detector(nn.Module):
    """Anchor-free: each cell at strides 8 and 16 gives a box (centre offset, log size) and scores.

    Only operations that every ONNX engine has, all shapes constant.
    """

    STRIDES = (8, 16)

    def __init__(self, classes):
        super().__init__()
        self.classes = classes
        self.stem = nn.Sequential(Conv(3, 24, 4, 7), Residual(24))
        self.fine = nn.Sequential(Conv(24, 32, 2), Residual(32), Residual(32))
        self.coarse = nn.Sequential(Conv(32, 48, 2), Residual(48), Residual(48), Residual(48))
        self.up = nn.Sequential(nn.Conv2d(48, 32, 1), nn.Upsample(scale_factor=2.0, mode="nearest"))
        self.merge = Residual(32)
        self.heads = nn.ModuleList(
            nn.Sequential(Conv(channels, 32), nn.Conv2d(32, 4 + classes, 1))
            for channels in (32, 48)
        )
        # Begin with "nothing anywhere": else the first steps are lost on the background.
        for head in self.heads:
            nn.init.constant_(head[1].bias[4:], -math.log(99))
            nn.init.constant_(head[1].bias[:4], 0.0)
            nn.init.constant_(head[1].bias[2:4], 1.5)
        centres, strides = [], []
        for stride in self.STRIDES:
            rows, columns = torch.arange(HEIGHT // stride), torch.arange(WIDTH // stride)
            y, x = torch.meshgrid(rows, columns, indexing="ij")
            cells = torch.stack([x.flatten(), y.flatten()]) * float(stride) + stride / 2
            centres.append(cells)
            strides.append(torch.full_like(cells, stride))
        # px, [1, 2, n] both: OpenCV 4.6 does not stretch constants of three dimensions.
        self.register_buffer("centres", torch.cat(centres, 1)[None], persistent=False)
        self.register_buffer("strides", torch.cat(strides, 1)[None], persistent=False)

    def raw(self, x):
        fine = self.fine(self.stem(x))
        coarse = self.coarse(fine)
        fine = self.merge(fine + self.up(coarse))
        rows = 4 + self.classes
        cells = [(HEIGHT // s) * (WIDTH // s) for s in self.STRIDES]
        outputs = [head(level) for head, level in zip(self.heads, (fine, coarse))]
        return torch.cat([o.reshape(-1, rows, n) for o, n in zip(outputs, cells)], 2)

    def boxes(self, raw):
        """[b, 4, n]: cx, cy, w, h in px."""
        centre = raw[:, :2] * self.strides + self.centres
        return torch.cat([centre, torch.exp(raw[:, 2:4]) * self.strides], 1)

    def forward(self, x):
        raw = self.raw(x)
        return torch.cat([self.boxes(raw), torch.sigmoid(raw[:, 4:])], 1)


# ---- loss --------------------------------------------------------------------------------------


def corners(boxes):
    """cx, cy, w, h in dimension 1 -> left, top, right, bottom in the last."""
    centre, half = boxes[:, :2], boxes[:, 2:4] / 2
    return torch.cat([centre - half, centre + half], 1).transpose(1, 2)


def iou_giou(a, b):
    """IoU and generalised IoU (Rezatofighi et al. 2019) of boxes in the last dimension."""
    overlap = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    around = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    inter, hull = overlap.clamp(min=0).prod(-1), around.prod(-1) + 1e-7
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inter + 1e-7
    iou = inter / union
    return iou, iou - (hull - union) / hull


@torch.no_grad()
def assign(scores, predicted, labels, centres, top=9):
    """Task-aligned assignment (Feng et al. 2021, TOOD): the cells in a box that do best learn it.

    scores [b, n, c], predicted [b, n, 4], labels [b, g, 5]
    -> index of the box each cell learns [b, n], how well it does 0..1 [b, n] (0: background)
    """
    real = labels[..., 0] >= 0
    box = labels[:, :, None, 1:]
    # A cut-off shape may be thinner than the grid: cells up to 4 px outside count as well.
    inside = ((centres > box[..., :2] - 4) & (centres < box[..., 2:] + 4)).all(-1) & real[..., None]
    iou = iou_giou(predicted[:, None], box)[0] * inside
    classes = labels[..., 0].clamp(min=0).long()[:, None, :].expand(-1, scores.shape[1], -1)
    metric = scores.gather(2, classes).transpose(1, 2).sqrt() * iou**4 + 1e-9 * inside
    best, cells = metric.topk(top, dim=2)
    chosen = torch.zeros_like(metric).scatter_(2, cells, (best > 0).float()) * inside
    # A cell that two boxes want goes to the one it fits better.
    owner = (iou * chosen + chosen * 1e-6).argmax(1)
    mine = torch.zeros_like(chosen).scatter_(1, owner[:, None], 1.0) * chosen
    metric = metric * mine
    quality = metric / metric.amax(2, keepdim=True).clamp(min=1e-9)
    quality = quality * (iou * mine).amax(2, keepdim=True)
    # At the start nothing overlaps; a floor keeps the boxes learning.
    return owner, torch.maximum(quality, 0.05 * mine).amax(1)


def loss_of(model, images, labels):
    raw = model.raw(images)
    predicted, logits = corners(model.boxes(raw)), raw[:, 4:].transpose(1, 2)
    owner, quality = assign(torch.sigmoid(logits), predicted, labels, model.centres[0].T)
    target = labels.gather(1, owner[..., None].expand(-1, -1, 5))
    classes = F.one_hot(target[..., 0].clamp(min=0).long(), model.classes)
    wanted = classes * quality[..., None]
    total = quality.sum().clamp(min=1)
    classification = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    # Easy background counts little (varifocal, Zhang et al. 2021).
    background = 0.75 * torch.sigmoid(logits.detach()) ** 1.5
    weight = torch.where(wanted > 0, torch.ones_like(wanted), background)
    giou = iou_giou(predicted, target[..., 1:])[1]
    box = ((1 - giou) * quality)[quality > 0].sum()
    return ((classification * weight).sum() + 3 * box) / total


# ---- measuring ---------------------------------------------------------------------------------


def detections(output, score_threshold=0.001, nms_iou=0.45, most=100):
    """One image's [4 + c, n] -> [[class, score, left, top, right, bottom], ...], NMS per class."""
    boxes, scores = corners(output[None, :4])[0], output[4:]
    found = []
    for label in range(scores.shape[0]):
        keep = (scores[label] > score_threshold).nonzero()[:, 0]
        order = keep[scores[label][keep].argsort(descending=True)][:300]
        overlap = iou_giou(boxes[order][:, None], boxes[order][None])[0] > nms_iou
        gone = torch.zeros(len(order), dtype=torch.bool)
        for i, cell in enumerate(order):
            if gone[i]:
                continue
            gone |= overlap[i]
            found.append([label, float(scores[label, cell]), *boxes[cell].tolist()])
    return sorted(found, key=lambda d: -d[1])[:most]


def average_precision(hits, scores, truths):
    """Area under the precision-recall curve with precision made falling (all points)."""
    if truths == 0:
        return None
    hits = np.array(hits, dtype=float)[np.argsort(-np.array(scores), kind="stable")]
    true = np.cumsum(hits)
    precision = np.maximum.accumulate((true / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float((precision * hits).sum() / truths)


@torch.no_grad()
def evaluate(model, images, labels):
    """mAP at IoU 0.5, the mean over 0.50:0.95, and the score with the best F1 at IoU 0.5."""
    model.eval()
    thresholds = np.arange(0.5, 1.0, 0.05)
    hits = {(c, t): [] for c in range(model.classes) for t in range(10)}
    scores = {c: [] for c in range(model.classes)}
    for start in range(0, len(images), 50):
        outputs = model(images[start : start + 50].float() / 255)
        for output, rows in zip(outputs, labels[start : start + 50]):
            found = detections(output)
            for c in range(model.classes):
                mine = [d for d in found if d[0] == c]
                truth = rows[rows[:, 0] == c][:, 1:]
                scores[c] += [d[1] for d in mine]
                overlap = np.zeros((len(mine), len(truth)))
                if len(mine) and len(truth):
                    predicted = torch.tensor([d[2:] for d in mine])[:, None]
                    overlap = iou_giou(predicted, truth[None])[0].numpy()
                for t, threshold in enumerate(thresholds):
                    free = np.ones(len(truth), dtype=bool)
                    for row in overlap:
                        fits = np.where(free & (row >= threshold), row, -1)
                        hit = len(truth) > 0 and fits.max() >= 0
                        hits[c, t].append(hit)
                        if hit:
                            free[fits.argmax()] = False
    count = [int((labels[..., 0] == c).sum()) for c in range(model.classes)]
    means = []
    for t in range(10):
        table = [average_precision(hits[c, t], scores[c], count[c]) for c in range(model.classes)]
        means.append(float(np.mean([ap for ap in table if ap is not None])))
    all_hits = [hit for c in range(model.classes) for hit in hits[c, 0]]
    all_scores = [score for c in range(model.classes) for score in scores[c]]
    return means[0], float(np.mean(means)), best_score(all_hits, all_scores, sum(count))


def best_score(hits, scores, truths):
    """The score_threshold with the best F1."""
    order = np.argsort(-np.array(scores), kind="stable")
    true = np.cumsum(np.array(hits, dtype=float)[order])
    f1 = 2 * true / (np.arange(1, len(order) + 1) + truths)
    return float(scores[order[f1.argmax()]])


# ---- training ----------------------------------------------------------------------------------


SCORE_THRESHOLD = 0.30


def calibrated(model, best):
    """A copy that gives SCORE_THRESHOLD where `model` gives `best`; AP stays as it is."""
    model = copy.deepcopy(model)
    logit = [math.log(p / (1 - p)) for p in (SCORE_THRESHOLD, best)]
    for head in model.heads:
        head[1].bias.data[4:] += logit[0] - logit[1]
    return model


def export(model, path):
    partial = path.with_suffix(".partial")
    torch.onnx.export(
        copy.deepcopy(model).eval(),
        torch.zeros(1, 3, HEIGHT, WIDTH),
        str(partial),
        opset_version=11,
        input_names=["images"],
        output_names=["output0"],
        do_constant_folding=True,
    )
    partial.rename(path)


MODEL_YAML = """\
schema: mlopsctl.model/1
name: shapes-detector
version: "1"
task: detection
weights: shapes.onnx
format: onnx
input: {{name: images, width: {width}, height: {height}, color: rgb,
        resize: letterbox-center, pad_value: {pad}, interpolation: linear,
        scale: 0.0039215686, mean: [0, 0, 0], std: [1, 1, 1]}}
decoder: {{kind: yolov8, score_threshold: {threshold:.2f}, eval_score_threshold: 0.001,
          nms: {{iou: 0.45, per_class: true, max_detections: 300}}}}
labels: [{labels}]
licence: Apache-2.0
training: {{figures: {{map_50: {map_50:.4f}, map_50_95: {map_50_95:.4f}}}}}
digests: {{shapes.onnx: "sha256:{digest}"}}
"""


def write_package(model, folder, names, map_50, map_50_95):
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "shapes.onnx"
    export(model, weights)
    text = MODEL_YAML.format(
        width=WIDTH,
        height=HEIGHT,
        pad=PAD,
        threshold=SCORE_THRESHOLD,
        labels=", ".join(names),
        map_50=map_50,
        map_50_95=map_50_95,
        digest=hashlib.sha256(weights.read_bytes()).hexdigest(),
    )
    (folder / "model.yaml").write_text(text, encoding="utf-8")


def follow(average, model, step):
    """The averaged weights, which are the ones kept, forget slowly once training is under way."""
    decay = min(0.998, (1 + step) / (10 + step))
    with torch.no_grad():
        for kept, new in zip(average.state_dict().values(), model.state_dict().values()):
            if kept.dtype.is_floating_point:
                kept.mul_(decay).add_(new, alpha=1 - decay)
            else:
                kept.copy_(new)


def train(options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(options.seed)
    images, labels, names = load(options.train)
    check_images, check_labels, check_names = load(options.validation)
    if names != check_names:
        raise SystemExit(f"validation has the classes {check_names}, training has {names}")
    model = Detector(len(names))
    average = copy.deepcopy(model)
    print(
        f"{len(images)} images to learn, {len(check_images)} to check, "
        f"{sum(p.numel() for p in model.parameters())} parameters",
        flush=True,
    )

    batches = len(images) // options.batch
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        options.rate,
        total_steps=batches * options.epochs,
        pct_start=0.1,
        final_div_factor=100,
    )
    best, step, start = -1.0, 0, time.monotonic()
    for epoch in range(1, options.epochs + 1):
        model.train()
        order = torch.randperm(len(images), generator=generator)
        total = 0.0
        for i in range(batches):
            chosen = order[i * options.batch : (i + 1) * options.batch]
            loss = loss_of(model, *augment(images[chosen], labels[chosen], generator))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            schedule.step()
            step += 1
            follow(average, model, step)
            total += loss.item()
        line = f"epoch {epoch:3d}  loss {total / batches:.4f}  {time.monotonic() - start:5.0f} s"
        if epoch % options.check_every == 0 or epoch == options.epochs:
            map_50, map_50_95, score = evaluate(average, check_images, check_labels)
            line += f"  map_50 {map_50:.4f}  map_50_95 {map_50_95:.4f}"
            if map_50_95 > best:
                best = map_50_95
                write_package(calibrated(average, score), options.output, names, map_50, map_50_95)
                line += "  kept"
        print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(
        description="Train the shapes detector; writes shapes.onnx and model.yaml."
    )
    parser.add_argument(
        "train", nargs="+", type=Path, help="folders of frames, each with labels.manifest"
    )
    parser.add_argument(
        "--validation",
        nargs="+",
        type=Path,
        required=True,
        help="folders to choose the best epoch by",
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("model"), help="folder of the model package"
    )
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--check-every", type=int, default=2, help="epochs between measurements")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
