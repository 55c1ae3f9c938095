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

# a size that no image has is told, by validate too
sed 's/"width":64/"width":0/' merged.manifest > sizeless.manifest
run 0 manifest validate sizeless.manifest
err_has 'sizeless.manifest:1: image_size {"width":0,"height":48'
err_has "is not a width and a height of 1 to 16777216, so the size counts as unknown [bad-image-size]"
# a label name that is nowhere is a typing error, not a data set without labels
run 1 manifest convert merged.manifest typo.json --label-attribute bounding-bax
err_has "merged.manifest: no line has the label 'bounding-bax', but there is 'bounding-box' [no-such-label]"
[ ! -e typo.json ] || fail "written in spite of a label that is nowhere"
run 1 manifest stats merged.manifest --label-attribute bounding-bax
run 0 manifest convert merged.manifest named.json --label-attribute bounding-box
# reports never replace the data
cp merged.manifest kept.manifest
run 2 manifest validate merged.manifest --problems ./merged.manifest --overwrite
err_has "./merged.manifest: is the data set itself, a report was to be written there"
run 2 manifest convert merged.manifest both.json --loss-report both.json
run 2 manifest convert merged.manifest both.json --problems merged.manifest --overwrite
cmp merged.manifest kept.manifest || fail "a report replaced the data set"
# a line break in a name would be two images in YOLO's lists
sed 's/a.jpg/a\\nb.jpg/' merged.manifest > broken-name.manifest
run 1 manifest convert broken-name.manifest yolo --to yolo
err_has "broken-name.manifest:1: 'a\x0ab.jpg' has a line break or control character, and YOLO lists images by line"
[ ! -e yolo ] || fail "a refused YOLO folder was left"

# detections in several folders: one picture has one reference, as seen from the output
mkdir -p frames near far/away
touch frames/p.jpg
detection ../frames/p.jpg dog 0.9 1 > near/one.jsonl
detection ../../frames/p.jpg dog 0.9 1 > far/away/two.jsonl
run 0 manifest merge-detections near/one.jsonl far/away/two.jsonl -o folders.manifest
out_has "folders.manifest: 1 image, 1 object"
out_lacks "left out"
[ "$(jq -r '."source-ref"' folders.manifest)" = frames/p.jpg ] || fail "the reference does not follow: $(cat folders.manifest)"

# the same in COCO; a size of null is one that nobody knows
for width in -64 0 64.5 '"64"' null; do
  printf '{"images":[{"id":1,"file_name":"a.jpg","width":%s,"height":48}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,9,9]}],"categories":[{"id":1,"name":"dog"}]}' "$width" > side.json
  run 0 manifest validate side.json
  [ "$width" = null ] || err_has "side.json: images[0]: 'a.jpg': width $width is not a whole number of 1 to 16777216"
done
[ ! -s "$ERR" ] || fail "a size of null was reported"
