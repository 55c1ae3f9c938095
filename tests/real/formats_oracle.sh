# The same 273 boxes of 100 pictures in seven formats, each with its own class order and convention: all say the same.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/voc100-multiformat
set=$SHARED/data/real/voc100-multiformat/data/database
run 0 manifest convert "$set/gts/pascalvoc_format" voc.manifest --images "$set/images"
for format in imagenet_format coco_format_v1/instances_default.json coco_format_v2/instances_v2.json openimages_format/all_bounding_boxes.csv cvat_format; do
  run 0 manifest convert "$set/gts/$format" other.manifest --images "$set/images" --overwrite
  out_has "100 images, 273 objects"
  run 0 manifest diff voc.manifest other.manifest --by-name
  out_has "100 images compared: no difference"
done
# YOLO's six decimals move edges by a thousandth of a pixel, and nothing else
run 0 manifest convert "$set/gts/yolo_format" yolo.manifest --images "$set/images"
run 3 manifest diff voc.manifest yolo.manifest --by-name --json
json '[.images_compared, ([.counts | to_entries[] | select(.key != "box-moved") | .value] | add), ([.differences[].text | capture("IoU (?<r>[0-9.]+)").r | tonumber] | min > 0.99)]' '[100,0,true]'
# and out again
run 0 manifest convert voc.manifest there.csv
run 0 manifest convert there.csv back.manifest --images "$set/images"
run 0 manifest diff voc.manifest back.manifest --by-name
run 0 manifest convert voc.manifest there.csv --to open_images --overwrite
run 0 manifest convert there.csv back.manifest --images "$set/images" --overwrite
run 0 manifest diff voc.manifest back.manifest --by-name

# tables with other columns in another order
need_shared data/golden/tfcsv
raccoon=$SHARED/data/real/voc-raccoon
run 0 manifest convert "$raccoon/annotations" raccoon.manifest --images "$raccoon/images"
run 0 manifest convert "$SHARED/data/golden/tfcsv/raccoon_labels.csv" table.manifest --images "$raccoon/images"
run 0 manifest diff raccoon.manifest table.manifest --by-name
out_has "200 images compared: no difference"
run 1 manifest stats "$SHARED/data/golden/tfcsv/bccd_test.csv"
out_has "364 images (0 empty, 0 not labelled), 4886 objects"
err_has "bccd_test.csv:3940: 'BloodImage_00338.jpg': box 13: width 0 is zero"
