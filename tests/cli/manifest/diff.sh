# manifest diff.
. "$(dirname "$0")/../lib.sh"
line() { printf '{"image":"%s","width":64,"height":48,"detections":[%s]}\n' "$@"; }
box() { printf '{"label":"%s","class_id":%s,"score":1,"left":%s,"top":2,"width":10,"height":20}' "$@"; }
{ line a.jpg "$(box dog 0 1)"; line b.jpg "$(box dog 0 1),$(box cat 1 30)"; line c.jpg ''; } > one.jsonl
{ line a.jpg "$(box dog 0 3)"; line b.jpg "$(box cat 1 30),$(box cat 1 1)"; line d.jpg "$(box dog 0 1)"; } > two.jsonl
run 0 manifest diff one.jsonl one.jsonl
out_has "3 images compared: no difference"
run 3 manifest diff one.jsonl two.jsonl
out_has "box-moved: a.jpg: 'dog' 10 x 20 at 1, 2: now 10 x 20 at 3, 2 (IoU 0.667)"
out_has "relabelled: b.jpg: 'dog' 10 x 20 at 1, 2: now 'cat' 10 x 20 at 1, 2 (IoU 1.000)"
out_has "image-added: d.jpg: 1 boxes"
out_has "image-removed: c.jpg: 0 boxes"
out_has "2 images compared: image-added 1, image-removed 1, box-moved 1, relabelled 1"
run 3 manifest diff one.jsonl two.jsonl --json
json '[.same,.images_compared,.counts["box-moved"],(.differences | length)]' '[false,2,1,4]'
run 3 manifest diff one.jsonl two.jsonl --show 1
out_has "and 3 more"
run 3 manifest diff one.jsonl two.jsonl --iou 0.9
out_has "box-removed 1"
# the same set in another format and folder
run 0 manifest convert one.jsonl one.json
run 0 manifest diff one.jsonl one.json
mkdir deep && run 0 manifest convert one.jsonl deep/one.manifest
run 0 manifest diff one.jsonl deep/one.manifest
sed 's#"a.jpg#"s3://x/a.jpg#;s#"b.jpg#"s3://x/b.jpg#;s#"c.jpg#"s3://x/c.jpg#' one.jsonl > far.jsonl
run 3 manifest diff one.jsonl far.jsonl
err_has "--by-name compares images of one file name"
run 0 manifest diff one.jsonl far.jsonl --by-name
run 2 manifest diff one.jsonl
run 2 manifest diff one.jsonl two.jsonl --iou 0
err_has "--iou: 0 is not over 0 and up to 1"
run 1 manifest diff one.jsonl none.jsonl
err_has "none.jsonl: no such file"
echo broken > bad.jsonl
run 1 manifest diff one.jsonl bad.jsonl --from predictions
