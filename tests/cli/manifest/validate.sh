# manifest validate and merge-detections.
. "$(dirname "$0")/../lib.sh"
detection() { # image label score left
  printf '{"image":"%s","width":64,"height":48,"detections":[{"label":"%s","class_id":0,"score":%s,"left":%s,"top":2,"width":10,"height":20}]}\n' "$@"
}
{ detection a.jpg dog 0.9 1; detection b.jpg dog 0.5 1; } > one.jsonl
detection a.jpg dog 0.3 2 > two.jsonl
run 0 manifest merge-detections one.jsonl two.jsonl -o merged.manifest --json
json '[.schema,.images_written,.annotations_written]' '["mlopsctl.manifest.merge-detections/1",2,2]'
jq -e -s '.[0]["bounding-box-metadata"] | ."human-annotated" == "no" and (.objects[0].confidence - 0.6 | fabs) < 1e-9' merged.manifest >/dev/null || fail "not marked as made by a machine"
jq -e -s '.[0]["bounding-box"].annotations[0].left - 1.25 | fabs < 1e-9' merged.manifest >/dev/null || fail "not averaged"
run 0 manifest merge-detections one.jsonl two.jsonl -o best.manifest --method best --min-score 0.6
jq -e -s '[.[]["bounding-box"].annotations | length] == [1,0]' best.manifest >/dev/null || fail "best"
# ids are those of the model, not the order in which classes turn up
{ detection a.jpg dog 0.9 1 | sed 's/"class_id":0/"class_id":1/'; detection b.jpg cat 0.9 1; } > ids.jsonl
run 0 manifest merge-detections ids.jsonl -o ids.manifest
jq -e -s '.[0]["bounding-box-metadata"]["class-map"] == {"1":"dog"}' ids.manifest >/dev/null || fail "class ids"
run 2 manifest merge-detections one.jsonl -o best.manifest
err_has "already exists"
run 2 manifest merge-detections one.jsonl -o x.manifest --iou 2
err_has "--iou: 2 is not from 0 to 1"
run 2 manifest merge-detections one.jsonl -o x.manifest --method wbf
err_has "'wbf' is unknown"
sed 's/64/65/' two.jsonl > other.jsonl
run 1 manifest merge-detections one.jsonl other.jsonl -o x.manifest
err_has "other.jsonl:1: 'a.jpg' is 65x48 here and 64x48 in one.jsonl:1"
run 1 manifest merge-detections none.jsonl -o x.manifest
err_has "none.jsonl: no such file"

run 0 manifest validate merged.manifest --json
json '[.schema,.ok,.images_read]' '["mlopsctl.manifest.validate/1",true,2]'
sed 's/"width":10/"width":-4/' merged.manifest > bad.manifest
run 3 manifest validate bad.manifest
err_has "bad.manifest:1: box 1: "
run 3 manifest validate bad.manifest --json --problems list.jsonl
json .ok false
[ "$(wc -l < list.jsonl)" -eq "$(jq '.problems | length' "$OUT")" ] || fail "--problems"
run 0 manifest validate --rules
out_has "class-map-conflict"
run 2 manifest validate
err_has "IN is missing"
run 1 manifest validate none
err_has "none: no such file"
