# The script that people write: an augmented manifest becomes COCO. argv: manifest, output, "dump" or "dumps".
import json
import sys

images, annotations, categories = [], [], {}
with open(sys.argv[1]) as lines:
    for line in lines:
        record = json.loads(line)
        label = next(key for key in record if key + "-metadata" in record)
        size = record[label]["image_size"][0]
        image_id = len(images) + 1
        images.append({"id": image_id, "file_name": record["source-ref"], "width": size["width"], "height": size["height"]})
        for key, name in record[label + "-metadata"]["class-map"].items():
            categories[int(key)] = name
        for box in record[label]["annotations"]:
            annotations.append({"id": len(annotations) + 1, "image_id": image_id, "category_id": box["class_id"] + 1,
                                "bbox": [box["left"], box["top"], box["width"], box["height"]],
                                "area": box["width"] * box["height"], "iscrowd": 0})
document = {"images": images, "annotations": annotations,
            "categories": [{"id": key + 1, "name": name, "supercategory": ""} for key, name in sorted(categories.items())]}
with open(sys.argv[2], "w") as out:
    if sys.argv[3] == "dump":
        json.dump(document, out)
    else:
        out.write(json.dumps(document))
