# The script that people write: COCO becomes YOLO label files. argv: COCO file, output folder, or "" to make the rows and write nothing.
import json
import os
import sys

with open(sys.argv[1]) as file:
    coco = json.load(file)
classes = {category["id"]: i for i, category in enumerate(sorted(coco["categories"], key=lambda c: c["id"]))}
rows = {image["id"]: [] for image in coco["images"]}
sizes = {image["id"]: (image["width"], image["height"]) for image in coco["images"]}
for annotation in coco["annotations"]:
    width, height = sizes[annotation["image_id"]]
    x, y, w, h = annotation["bbox"]
    rows[annotation["image_id"]].append("%d %.6f %.6f %.6f %.6f" % (
        classes[annotation["category_id"]], (x + w / 2) / width, (y + h / 2) / height, w / width, h / height))
if sys.argv[2]:
    os.makedirs(os.path.join(sys.argv[2], "labels"))
for image in coco["images"]:
    text = "".join(row + "\n" for row in rows[image["id"]])
    if sys.argv[2]:
        with open(os.path.join(sys.argv[2], "labels", os.path.splitext(image["file_name"])[0] + ".txt"), "w") as out:
            out.write(text)
