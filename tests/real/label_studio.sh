# Real exports of Label Studio and CVAT: counts, the arithmetic of percent and rotation done a second time by jq, the same boxes as VOC.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/label-studio
data=$SHARED/data/real/label-studio/tests/data

# two people annotated the first task: the later one counts
run 0 manifest convert "$data/test_export_yolo/data.json" boxes.manifest --json
json '[.images_written,.annotations_written,(.problems|length)]' '[2,4,0]'
err_has "annotations of other people or before the last: 1"
jq -s -c '[.[] | . as $l | .["bounding-box"].annotations[] | [.left, .top, .left + .width, .top + .height, $l["bounding-box-metadata"]["class-map"][.class_id|tostring]]]' boxes.manifest > got.json
jq -c '[.[] | .annotations | last | .result[] | .original_width as $w | .original_height as $h | .value | [.x * $w / 100, .y * $h / 100, (.x + .width) * $w / 100, (.y + .height) * $h / 100, .rectanglelabels[0]]]' \
  "$data/test_export_yolo/data.json" > want.json
jq -n -e --slurpfile a got.json --slurpfile b want.json '$a[0] as $a | $b[0] as $b | ($a|length) == 4 and ($b|length) == 4
  and all(range(4); . as $i | $a[$i][4] == $b[$i][4] and all(range(4); . as $k | ($a[$i][$k] - $b[$i][$k]) | fabs < 1e-6))' >/dev/null || fail "the boxes"

# rotated boxes: the box around four corners, turned clockwise about the top left one
run 0 manifest convert "$data/test_export_yolo/data_obb.json" turned.manifest --json
json '[.images_written,.annotations_written,(.problems|map(select(.severity == "error"))|length)]' '[3,25,0]'
err_has "rotated boxes, read as the box around them: 25"
jq -s -c '[.[] | .["bounding-box"].annotations[] | [.left, .top, .left + .width, .top + .height]]' turned.manifest > got.json
jq -c '[.[] | .annotations | last | .result[] | .original_width as $w | .original_height as $h | .value | (.rotation * 3.14159265358979323846 / 180) as $a
  | (.x * $w / 100) as $x | (.y * $h / 100) as $y | (.width * $w / 100) as $dx | (.height * $h / 100) as $dy
  | [[0,0],[$dx,0],[0,$dy],[$dx,$dy]] | map([$x + .[0] * ($a|cos) - .[1] * ($a|sin), $y + .[0] * ($a|sin) + .[1] * ($a|cos)])
  | [(map(.[0])|min), (map(.[1])|min), (map(.[0])|max), (map(.[1])|max)]]' "$data/test_export_yolo/data_obb.json" > want.json
jq -n -e --slurpfile a got.json --slurpfile b want.json '$a[0] as $a | $b[0] as $b | ($a|length) == 25 and ($b|length) == 25
  and all(range(25); . as $i | all(range(4); . as $k | ($a[$i][$k] - $b[$i][$k]) | fabs < 1e-6))' >/dev/null || fail "the turned boxes"

run 0 manifest convert "$data/test_export_yolo/data_polygons.json" polygons.manifest --json
json '[.images_written,.annotations_written]' '[1,1]'
err_has "polygons, read as the box around them: 1"
run 0 manifest convert "$data/test_export_json_min/data.json" airplane.manifest --json
json '[.images_written,.annotations_written]' '[1,1]'
jq -e '."source-ref" == "example.png"' airplane.manifest >/dev/null || fail "the name of an upload"

# boxes that a machine suggested and a person accepted, one beyond the edge of its image
run 0 manifest convert "$data/test_export_csv/csv_test.json" accepted.manifest --json
json '[.images_written,.annotations_written,(.problems|map(.rule))]' '[2,3,["box-outside-image"]]'
err_has "scores of the machine on boxes that a person has confirmed: 2"
# tasks without one image
run 1 manifest convert "$data/test_export_csv/csv_test_history.json" x.manifest
err_has "no image in the data of the task (its members: text)"
run 1 manifest convert "$data/test_export_json_min/data_repeater.json" x.manifest
err_has "no image in the data of the task (its members: images)"

# there and back: nothing moves
run 0 manifest convert boxes.manifest tasks.json --to label_studio --quiet
run 0 manifest convert tasks.json back.manifest --quiet
whole() { jq -S 'walk(if type == "number" then . * 1e9 | round else . end)' "$1"; }
diff <(whole boxes.manifest) <(whole back.manifest) || fail "there and back differs"

# CVAT: the same 273 boxes as VOC, by class name
gts=$SHARED/data/real/voc100-multiformat/data/database/gts
[ -e "$gts" ] || { echo "SKIPPED the CVAT half: needs ../shared/data/real/voc100-multiformat"; exit 0; }
rows() { # manifest -> "name label left top right bottom" in whole pixels, sorted
  jq -r '(keys[] | select(endswith("-metadata"))) as $m | ($m | rtrimstr("-metadata")) as $k | .[$m]["class-map"] as $c
    | (."source-ref" | split("/") | last) as $n | .[$k].annotations[] | [$n, $c[.class_id|tostring], (.left, .top, .left + .width, .top + .height | round)] | @tsv' "$1" | sort
}
run 0 manifest convert "$gts/cvat_format/annotations.xml" cvat.manifest --json
json '[.images_written,.annotations_written,(.problems|length)]' '[100,273,0]'
run 0 manifest convert "$gts/cvat_format" folder.manifest --quiet
cmp cvat.manifest folder.manifest || fail "the folder is not its file"
run 0 manifest convert "$gts/pascalvoc_format" voc.manifest --images "$SHARED/data/real/voc100-multiformat/data/database/images" --quiet
[ "$(rows cvat.manifest | wc -l)" = 273 ] || fail "not 273 boxes"
diff <(rows cvat.manifest) <(rows voc.manifest) || fail "CVAT and VOC differ"
run 0 manifest convert cvat.manifest again.xml --quiet
run 0 manifest convert again.xml again.manifest --quiet
diff <(rows cvat.manifest) <(rows again.manifest) || fail "CVAT there and back"
run 0 manifest convert cvat.manifest cml.json --to createml --quiet
run 0 manifest convert cml.json cml.manifest --images "$SHARED/data/real/voc100-multiformat/data/database/images" --quiet
diff <(rows cvat.manifest) <(rows cml.manifest) || fail "Create ML there and back"
