# bench score on sets small enough to work out by hand, and every refusal.
. "$(dirname "$0")/../lib.sh"

# line IMAGE BOXES: a Ground Truth line; a box is CLASS_ID:LEFT:TOP:WIDTH:HEIGHT.
line() {
  local boxes='' box
  for box in $2; do
    IFS=: read -r id left top width height <<< "$box"
    boxes+="${boxes:+,}{\"class_id\":$id,\"left\":$left,\"top\":$top,\"width\":$width,\"height\":$height}"
  done
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":640,"height":480,"depth":3}],"annotations":[%s]},"bb-metadata":{"class-map":{"0":"cat","1":"dog"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j","objects":[]}}\n' "$1" "$boxes"
}
# said IMAGE BOXES: a line of predictions; a box is LABEL:SCORE:LEFT:TOP:WIDTH:HEIGHT.
said() {
  local boxes='' box
  for box in $2; do
    IFS=: read -r label score left top width height <<< "$box"
    boxes+="${boxes:+,}{\"label\":\"$label\",\"score\":$score,\"left\":$left,\"top\":$top,\"width\":$width,\"height\":$height}"
  done
  printf '{"image":"%s","width":640,"height":480,"detections":[%s]}\n' "$1" "$boxes"
}
{ line s3://b/train/1.jpg '0:10:10:100:100 1:200:200:50:50'; line s3://b/train/2.jpg '0:0:0:20:20'; } > truth.manifest
{ said pictures/1.jpg 'cat:0.9:10:10:100:100 unicorn:0.5:0:0:9:9'; said pictures/2.jpg 'cat:0.8:300:300:20:20'; said 7.jpg 'cat:0.9:0:0:9:9'; } > p.jsonl

# cat: hit, then miss, of two: precision 1 up to recall 0.5 = 51 of 101 points. dog: nothing found.
run 0 bench score --truth truth.manifest --predictions p.jsonl --json
json .schema mlopsctl.bench.score/1
json .protocol coco
json '(.metrics.map_50 - 51/101/2) | fabs < 1e-9' true
json '(.metrics.map_large - 1) | fabs < 1e-9' true
json .metrics.map_small 0
json '.metrics | keys_unsorted | join(" ")' 'map_50_95 map_50 map_75 map_small map_medium map_large ar_1 ar_10 ar_100 ar_small ar_medium ar_large'
json .per_class.dog.ap_50 0
json .per_class.cat.objects 2
json .left_out.unknown_images 1
json .left_out.unknown_classes.unicorn 1
err_has "1 predictions are for images that the truth does not have, and were left out: 7.jpg"
err_has "1 detections are of 1 classes that the truth does not have, and were left out: unicorn"

run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc11 --iou 0.5,0.9 --json
json '(.metrics.map_50 - 6/11/2) | fabs < 1e-9' true
json '.metrics | keys_unsorted | join(" ")' 'map_50 map_90'
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc
out_has "map_50  0.2500"

# Predictions in two files are the same as in one, whatever their order and the number of threads.
run 0 bench score --truth truth.manifest --predictions p.jsonl --json --jobs 1
cp "$OUT" one.json
head -n 1 p.jsonl > a.jsonl
tail -n 2 p.jsonl > b.jsonl
run 0 bench score --truth truth.manifest --predictions b.jsonl a.jsonl --json --jobs 4
cmp "$OUT" one.json || fail "two files, another result"
run 0 bench score --truth truth.manifest --predictions p.jsonl --predictions a.jsonl
err_has "1 images have predictions in more than one place; all of them count: s3://b/train/1.jpg"

# Nothing found is 0, and said; what has no object is undefined.
{ said 1.jpg ''; said 2.jpg ''; } > nothing.jsonl
run 0 bench score --truth truth.manifest --predictions nothing.jsonl --json
json .metrics.map_50 0
json .metrics.map_medium 0
err_has "there is not one detection: average precision is 0"
line 1.jpg '0:0:0:20:20' > small.manifest
head -n 1 nothing.jsonl > one.jsonl
run 0 bench score --truth small.manifest --predictions one.jsonl --json
json .metrics.map_large null
json .per_class.dog.ap_50 null

# COCO results know images and classes by the ids of their truth only.
printf '%s' '{"images":[{"id":7,"file_name":"a.jpg","width":640,"height":480},{"id":3,"file_name":"b.jpg","width":640,"height":480}],
"annotations":[{"id":1,"image_id":7,"category_id":18,"bbox":[10,10,50,50],"area":900,"iscrowd":0}],"categories":[{"id":18,"name":"dog"}]}' > coco.json
printf '%s' '[{"image_id":7,"category_id":18,"bbox":[10,10,50,50],"score":0.9},{"image_id":99,"category_id":18,"bbox":[1,1,5,5],"score":0.9}]' > results.json
run 0 bench score --truth coco.json --predictions results.json --json
json '(.metrics.map_small * 1e9 | round)' 1000000000
json .metrics.map_medium null
err_has "left out: image_id 99"
err_has "1 of 2 images have no prediction"
echo '[]' > empty.json
run 0 bench score --truth coco.json --predictions empty.json --json
json .metrics.map_50 0
run 1 bench score --truth truth.manifest --predictions results.json
err_has "COCO results go with the COCO file they were made for"
printf '%s' '[{"image_id":7,"category_id":18,"bbox":[10,10,50],"score":0.9},{"image_id":7,"category_id":18,"bbox":[1,1,5,5]}]' > broken.json
run 1 bench score --truth coco.json --predictions broken.json
err_has "broken.json:[0]: bbox is missing or not four numbers"
err_has "broken.json:[1]: score is missing or not a number"
run 1 bench score --truth results.json --predictions results.json
err_has "results.json: is a list of COCO results, which know images and classes by id only; use it with 'bench score --predictions'"

# Refusals.
run 2 bench score --truth truth.manifest
err_has "--predictions is missing"
run 2 bench score --truth truth.manifest --predictions p.jsonl --protocol voc12
err_has "'voc12' is unknown, did you mean 'voc11'"
run 2 bench score --truth truth.manifest --predictions p.jsonl --iou 0.3
err_has "the coco protocol has its own ten thresholds"
run 2 bench score --truth truth.manifest --predictions p.jsonl --protocol voc --iou half
err_has "--iou: 'half' is not a number"
run 2 bench score --truth truth.manifest --predictions p.jsonl --protocol voc --iou 0.555
err_has "IoU 0.555 is not one of 0.01, 0.02 ... 1"
run 2 bench score --truth truth.manifest --predictions p.jsonl --voc-base 7
err_has "--voc-base: 7 is neither 0 nor 1"
run 1 bench score --truth no.manifest --predictions p.jsonl
err_has "no.manifest"
line 1.jpg '' > bare.manifest
run 1 bench score --truth bare.manifest --predictions p.jsonl
err_has "bare.manifest: 1 images, but not one object in them"
{ said 8.jpg 'cat:0.9:10:10:100:100'; } > strange.jsonl
run 1 bench score --truth truth.manifest --predictions strange.jsonl
err_has "none of its images is in truth.manifest, the first is '8.jpg'"
said 1.jpg 'unicorn:0.9:10:10:100:100' > strange.jsonl
run 1 bench score --truth truth.manifest --predictions strange.jsonl
err_has "none of its classes is in truth.manifest, the first is 'unicorn'"
cat truth.manifest truth.manifest > twice.manifest
run 1 bench score --truth twice.manifest --predictions p.jsonl
err_has "image 's3://b/train/1.jpg' occurs twice"
{ cat truth.manifest; echo '{"source-ref":'; } > bad.manifest
run 1 bench score --truth bad.manifest --predictions p.jsonl
err_has "bad.manifest:3"
