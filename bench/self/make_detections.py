#!/usr/bin/env python3
"""Writes a data set as large as COCO's validation set for measuring `bench score`: instances.json and results.json.

usage: make_detections.py OUTPUT_FOLDER [IMAGES TRUTHS DETECTIONS]     (default 5000 37000 500000)

80 classes, boxes from 8 to 300 px, some crowds. Four of five truths are found, each with a box that is moved a
little; the other detections are wrong. Equal arguments give equal bytes.
"""
import json
import os
import random
import sys


def box(rng, width, height):
    w, h = rng.uniform(8, 300), rng.uniform(8, 300)
    return [round(rng.uniform(0, width - w), 2), round(rng.uniform(0, height - h), 2), round(w, 2), round(h, 2)]


def moved(rng, source):
    left, top, width, height = source
    return [round(max(0, left + rng.gauss(0, width / 20)), 2), round(max(0, top + rng.gauss(0, height / 20)), 2),
            round(width * rng.uniform(0.85, 1.15), 2), round(height * rng.uniform(0.85, 1.15), 2)]


def main():
    folder = sys.argv[1]
    images, truths, detections = (int(a) for a in sys.argv[2:5]) if len(sys.argv) > 4 else (5000, 37000, 500000)
    rng = random.Random(1)
    width, height, classes = 640, 480, 80
    annotations, results = [], []
    for number in range(truths):
        bbox = box(rng, width, height)
        row = {"id": number + 1, "image_id": rng.randrange(images) + 1, "category_id": rng.randrange(classes) + 1,
               "bbox": bbox, "area": round(bbox[2] * bbox[3] * rng.uniform(0.4, 1), 2), "iscrowd": int(rng.random() < 0.01)}
        annotations.append(row)
        if rng.random() < 0.8:
            results.append({"image_id": row["image_id"], "category_id": row["category_id"], "bbox": moved(rng, bbox),
                            "score": round(rng.uniform(0.3, 1), 3)})
    while len(results) < detections:
        results.append({"image_id": rng.randrange(images) + 1, "category_id": rng.randrange(classes) + 1,
                        "bbox": box(rng, width, height), "score": round(rng.uniform(0.001, 0.6), 3)})
    rng.shuffle(results)
    truth = {"images": [{"id": i + 1, "file_name": "%012d.jpg" % (i + 1), "width": width, "height": height}
                        for i in range(images)],
             "annotations": annotations,
             "categories": [{"id": i + 1, "name": "class_%02d" % i} for i in range(classes)]}
    os.makedirs(folder, exist_ok=True)
    for name, document in (("instances.json", truth), ("results.json", results)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            json.dump(document, out)


main()
