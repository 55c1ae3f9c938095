#!/usr/bin/env python3
"""The details of `bench score --json --bootstrap N` counted again in another way, without sharing a line of its code.

usage: score_oracle.py INSTANCES.json RESULTS.json SCORE.json     (exit 1 with the first difference)

Kinds of error, confusion matrix, precision, recall, best F1, precision-recall curves, and the bootstrap by really copying images.
"""
import collections
import json
import math
import sys


def shared(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0) if width > 0 and height > 0 else 0


def iou(a, b):
    both = shared(a, b)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def in_crowd(detection, crowds):
    box = detection["bbox"]
    return any(crowd["category_id"] == detection["category_id"] and shared(box, crowd["bbox"]) / (box[2] * box[3]) >= 0.5
               for crowd in crowds)


class Image:
    def __init__(self, number, annotations, detections):
        self.number = number
        self.objects = [a for a in annotations if not a.get("iscrowd")]
        self.crowds = [a for a in annotations if a.get("iscrowd")]
        self.detections = sorted(detections, key=lambda d: -d["score"])  # stable

    def above(self, score):
        return [d for d in self.detections if d["score"] >= score]


def errors_of(image, score, counts):
    detections, objects = image.above(score), image.objects
    used, wrong, about = set(), [], set()
    for detection in detections:
        free = [(iou(detection["bbox"], o["bbox"]), -i) for i, o in enumerate(objects)
                if o["category_id"] == detection["category_id"] and i not in used]
        best = max(free, default=(0, 0))
        if best[0] >= 0.5:
            used.add(-best[1])
        elif not in_crowd(detection, image.crowds):
            wrong.append(detection)
    for detection in wrong:
        overlaps = [(iou(detection["bbox"], o["bbox"]), -i, o["category_id"] == detection["category_id"])
                    for i, o in enumerate(objects)]
        same = max((o[:2] for o in overlaps if o[2]), default=(0, 0))
        other = max((o[:2] for o in overlaps if not o[2]), default=(0, 0))
        twice = max((o[0] for o in overlaps if o[2] and -o[1] in used), default=0)
        if 0.1 <= same[0] <= 0.5:
            counts["localisation"] += 1
            about.add(-same[1])
        elif other[0] >= 0.5:
            counts["classification"] += 1
            about.add(-other[1])
        elif twice >= 0.5:
            counts["duplicate"] += 1
        elif max(same[0], other[0]) <= 0.1:
            counts["background"] += 1
        else:
            counts["both"] += 1
    counts["missed"] += sum(1 for i in range(len(objects)) if i not in used and i not in about)


def confusions_of(image, score, names, counts):
    detections, objects = image.above(score), image.objects
    pairs = sorted((-iou(d["bbox"], o["bbox"]), i, j) for i, d in enumerate(detections) for j, o in enumerate(objects))
    used, found = set(), set()
    for overlap, i, j in pairs:
        if -overlap >= 0.5 and i not in used and j not in found:
            used.add(i)
            found.add(j)
            counts[names[objects[j]["category_id"]], names[detections[i]["category_id"]]] += 1
    for j, target in enumerate(objects):
        if j not in found:
            counts[names[target["category_id"]], "background"] += 1
    for i, detection in enumerate(detections):
        if i not in used and not in_crowd(detection, image.crowds):
            counts["background", names[detection["category_id"]]] += 1


def ranked(images, category):
    """[(score, is hit)] by falling score, and the number of objects. Copies of an image lie together where scores are equal."""
    rows, objects = [], 0
    for image in images:
        targets = [o for o in image.objects if o["category_id"] == category]
        objects += len(targets)
        taken = set()
        for position, detection in enumerate([d for d in image.detections if d["category_id"] == category][:100]):
            free = [(iou(detection["bbox"], o["bbox"]), i) for i, o in enumerate(targets) if i not in taken]
            best = max(free, default=(0, 0))
            if best[0] >= 0.5:
                taken.add(best[1])
                rows.append((-detection["score"], image.number, position, True))
            elif not in_crowd(detection, image.crowds):
                rows.append((-detection["score"], image.number, position, False))
    return [(-row[0], row[3]) for row in sorted(rows)], objects


def curve_of(rows, objects):
    """Best precision at each recall of numpy.linspace(0, 1, 101) or higher."""
    points, hits = [], 0
    for count, (_, is_hit) in enumerate(rows, 1):
        hits += is_hit
        points.append((hits / objects, hits / count))
    grid = [i * 0.01 for i in range(100)] + [1.0]
    return [max((p for r, p in points if r >= wanted), default=0) for wanted in grid]


def best_f1(rows, objects):
    best = None
    for threshold in sorted({score for score, _ in rows}, reverse=True):
        above = [is_hit for score, is_hit in rows if score >= threshold]
        f1 = 2 * sum(above) / (len(above) + objects)
        if f1 > 0 and (best is None or f1 > best[0]):
            best = (f1, threshold)
    return best


def random_numbers(state):  # SplitMix64
    mask = (1 << 64) - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        yield z ^ z >> 31


def draw(count, seed, number):
    numbers = random_numbers(next(random_numbers(seed)) ^ next(random_numbers(number)))
    return sorted((next(numbers) >> 32) * count >> 32 for _ in range(count))


def map_50(images, categories):
    values = []
    for category in categories:
        rows, objects = ranked(images, category)
        if objects:
            values.append(sum(curve_of(rows, objects)) / 101)
    return sum(values) / len(values)


def same(name, ours, theirs):
    is_same = ours == theirs if not isinstance(theirs, float) or ours is None else abs(ours - theirs) < 1e-9
    if not is_same:
        sys.exit("%s: %s, counted again %s" % (name, ours, theirs))


def main():
    truth, results, score = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:4])
    names = {c["id"]: c["name"] for c in truth["categories"]}
    annotations, detections = collections.defaultdict(list), collections.defaultdict(list)
    for row in truth["annotations"]:
        annotations[row["image_id"]].append(row)
    for row in results:
        detections[row["image_id"]].append(row)
    images = [Image(i, annotations[i], detections[i]) for i in sorted(image["id"] for image in truth["images"])]
    threshold = score["operating_point"]["score_threshold"]
    errors, confusions = collections.Counter(), collections.Counter()
    for image in images:
        errors_of(image, threshold, errors)
        confusions_of(image, threshold, names, confusions)
    for name in ("classification", "localisation", "both", "duplicate", "background", "missed"):
        same("errors." + name, score["errors"][name], errors[name])
    labels, matrix = score["confusion"]["labels"], score["confusion"]["matrix"]
    for i, row in enumerate(labels):
        for j, column in enumerate(labels):
            same("confusion %s, %s" % (row, column), matrix[i][j], confusions[row, column])
    hits = count = total = 0
    for category, name in names.items():
        rows, objects = ranked(images, category)
        above = [is_hit for value, is_hit in rows if value >= threshold]
        hits, count, total = hits + sum(above), count + len(above), total + objects
        row = score["per_class"][name]
        same(name + " precision", row["precision"], sum(above) / len(above) if above else None)
        same(name + " recall", row["recall"], sum(above) / objects if objects else None)
        best = best_f1(rows, objects)
        same(name + " best_f1", row["best_f1"], best and best[0])
        same(name + " threshold", row["best_f1_score_threshold"], best and best[1])
        curve = score["pr_curves"]["classes"][name]["precision"]
        for i, value in enumerate(curve_of(rows, objects) if objects else []):
            same("%s curve %d" % (name, i), curve[i], float(value))
    same("precision", score["operating_point"]["precision"], hits / count)
    same("recall", score["operating_point"]["recall"], hits / total)
    bootstrap = score["bootstrap"]
    values = sorted(map_50([images[i] for i in draw(len(images), bootstrap["seed"], number)], names)
                    for number in range(bootstrap["samples"]))
    interval = bootstrap["intervals"]["map_50"]
    same("low", interval["low"], values[max(math.ceil(0.025 * len(values)), 1) - 1])
    same("high", interval["high"], values[max(math.ceil(0.975 * len(values)), 1) - 1])


main()
