# bench score: what stands behind the numbers (thresholds, errors, confusions, curves, intervals, protocols), each worked out by hand.
. "$(dirname "$0")/../lib.sh"

# Two images, two classes. Image 1: a cat found, a second box on it, a dog taken for a cat. Image 2: a cat missed, a box on nothing.
cat > truth.json << 'JSON'
{"images":[{"id":1,"file_name":"a.jpg","width":640,"height":480},{"id":2,"file_name":"b.jpg","width":640,"height":480}],
"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0},
{"id":2,"image_id":1,"category_id":2,"bbox":[200,200,60,60],"area":3600,"iscrowd":0},
{"id":3,"image_id":2,"category_id":1,"bbox":[300,100,80,80],"area":6400,"iscrowd":0}],
"categories":[{"id":1,"name":"cat"},{"id":2,"name":"dog"},{"id":3,"name":"bird"}]}
JSON
cat > results.json << 'JSON'
[{"image_id":1,"category_id":1,"bbox":[10,10,50,50],"score":0.9},
{"image_id":1,"category_id":1,"bbox":[12,10,50,50],"score":0.8},
{"image_id":1,"category_id":1,"bbox":[200,200,60,60],"score":0.7},
{"image_id":2,"category_id":3,"bbox":[500,400,40,40],"score":0.6},
{"image_id":2,"category_id":2,"bbox":[300,100,80,80],"score":0.05}]
JSON
score() { run 0 bench score --truth truth.json --predictions results.json "$@"; }
score --json
json '.operating_point | "\(.true_positives) \(.false_positives) \(.false_negatives) \(.score_threshold) \(.iou)"' '1 3 2 0.25 0.5'
json '(.operating_point.f1 - 2/7) | fabs < 1e-12' true
json '.per_class.cat | "\(.best_f1_score_threshold) \(.recall)"' '0.9 0.5'
json '(.per_class.cat.best_f1 - 2/3) | fabs < 1e-12' true
json '.per_class.dog.precision' null
json '.errors | "\(.classification) \(.localisation) \(.both) \(.duplicate) \(.background) \(.missed)"' '1 0 0 1 1 1'
json '.per_class.bird.errors.background' 1
json '.confusion.labels | join(" ")' 'cat dog bird background'
json '.confusion.matrix | map(map(tostring) | join(" ")) | join("; ")' '1 0 0 1; 1 0 0 0; 0 0 0 0; 1 0 1 0'
json '.pr_curves.recall | length' 101
json '.pr_curves.classes.cat | "\(.precision[50]) \(.precision[51]) \(.score[50]) \(.score[51])"' '1 0 0.9 null'
json '.pr_curves.classes.bird.precision | length' 0
json '.left_out.unknown_classes | length' 0 # a category without an object is known
json 'has("bootstrap")' false

# The document is what 'schema score' says, where jsonschema is here to check it.
fits() {
  python3 -c 'import jsonschema' 2> /dev/null || return 0
  "$MLOPSCTL" schema score > score.schema.json
  python3 -c 'import json, sys; import jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("score.schema.json")))' "$OUT" || fail "not what the schema says"
}
fits

# The threshold decides what is counted: now the box on the missed cat is a wrong class.
score --score-threshold 0 --json
json '.errors | "\(.classification) \(.missed)"' '2 0'
json '.confusion.matrix[0][1]' 1

score --details
out_has "At score 0.25, IoU 0.5:"
out_has "duplicate           1  an object that a better score has found"
out_has "truth \\ predicted"
score
! grep -q duplicate "$OUT" || fail "details were not asked for"

# Intervals: the same for the same seed and any number of threads, around the number.
score --bootstrap 200 --json --jobs 1
json '.bootstrap | "\(.samples) \(.seed) \(.confidence)"' '200 1 0.95'
json '.bootstrap.intervals.map_50.low <= .metrics.map_50 and .metrics.map_50 <= .bootstrap.intervals.map_50.high' true
fits
cp "$OUT" one.json
score --bootstrap 200 --json --jobs 3
cmp "$OUT" one.json || fail "another number of threads, another interval"
score --bootstrap 200
out_has "95 % interval"

# Protocols: each change is named, and together they lead from one number to the other.
score --explain-protocols --json
json '(.protocols.map.coco - .metrics.map_50) | fabs < 1e-12' true
json '(.protocols.path[0].map + ([.protocols.path[1:][].difference] | add) - .protocols.map.voc11) | fabs < 1e-12' true
json '.protocols.path | map(.change) | join(" ")' 'coco area_under_curve overlap_inclusive crowd_left_out nearest_object all_detections difficult_left_out eleven_points'
json '(.protocols.alone | map(select(.change == "absent_classes_zero"))[0].map) < .metrics.map_50' true
run 0 bench score --truth truth.json --predictions results.json --protocol voc --json
cp "$OUT" voc.json
score --explain-protocols --protocol voc --json
fits
json ".protocols.map.voc == $(jq .metrics.map_50 voc.json)" true
json '.protocols.base' voc
score --explain-protocols --iou 0.75
out_has "COCO at IoU 0.75"
out_has "One change to coco and nothing else:"

# Classes of whole pictures.
class() { printf '{"source-ref":"%s","c":%s,"c-metadata":{"class-name":"%s","confidence":1,"type":"groundtruth/image-classification","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j"}}\n' "$@"; }
guess() { printf '{"image":"%s","width":9,"height":9,"classes":[{"label":"%s","score":%s},{"label":"%s","score":%s}],"timing_ms":{}}\n' "$@"; }
{ class 1.jpg 0 cat; class 2.jpg 0 cat; class 3.jpg 1 dog; class 4.jpg 1 dog; } > whole.manifest
{ guess 1.jpg cat 0.9 dog 0.1; guess 2.jpg dog 0.7 cat 0.3; guess 3.jpg dog 0.8 cat 0.2; guess 4.jpg dog 0.6 cat 0.4; } > whole.jsonl
run 0 bench score --truth whole.manifest --predictions whole.jsonl --top-k 1,2 --json
json .protocol accuracy
json '.metrics | keys_unsorted | join(" ")' 'accuracy accuracy_top_1 accuracy_top_2 accuracy_balanced f1_macro expected_calibration_error'
json '.metrics | "\(.accuracy) \(.accuracy_top_2)"' '0.75 1'
json '(.metrics.expected_calibration_error - (0.1 + 0.7 + 0.2 + 0.4)/4) | fabs < 1e-12' true
json '(.per_class.dog.precision - 2/3) | fabs < 1e-12' true
json '.confusion.matrix | map(map(tostring) | join(" ")) | join("; ")' '1 1 0; 0 2 0; 0 0 0'
json '.calibration.bins | length' 15
fits
run 0 bench score --truth whole.manifest --predictions whole.jsonl --details --bootstrap 100
out_has "mean score"
out_has "f1_macro"

# Scores that are no probabilities are taken, and said.
sed 's/0\.9}/7.25}/; s/0\.05}/-3}/' results.json > logits.json
run 0 bench score --truth truth.json --predictions logits.json --json
json '.metrics.map_50 > 0' true
err_has "2 scores are outside 0..1 (logits.json:[0]: 7.25), perhaps logits"

# What is not there to be scored is refused in words.
echo '{"images":[],"annotations":[],"categories":[]}' > none.json
run 1 bench score --truth none.json --predictions results.json
err_has "none.json: no labelled image in it"
sed 's/"images":\[[^]]*\]/"images":[]/' truth.json > orphans.json
run 1 bench score --truth orphans.json --predictions results.json
err_has "image_id 1 is not among the images"
sed 's/{"id":2,"file_name":"b.jpg"/{"id":1,"file_name":"b.jpg"/' truth.json > twice.json
run 1 bench score --truth twice.json --predictions results.json
err_has "id 1 stands in an earlier image"
: > empty.json
run 1 bench score --truth truth.json --predictions empty.json
sed 's/"image_id":[12]/"image_id":77/' results.json > strange.json
run 1 bench score --truth truth.json --predictions strange.json
err_has "none of its images is in truth.json, the first is 'image_id 77'"
sed 's/"category_id":[123]/"category_id":9/' results.json > other.json
run 1 bench score --truth truth.json --predictions other.json
err_has "none of its classes is in truth.json, the first is 'category 9'"
run 2 bench score --truth truth.json --predictions results.json --bootstrap 5
err_has "--bootstrap: 5 is not from 100 to 100000"
run 2 bench score --truth truth.json --predictions results.json --top-k 3
err_has "--top-k: truth.json has boxes"
run 2 bench score --truth whole.manifest --predictions whole.jsonl --top-k 0
err_has "--top-k: '0' is not a whole number from 1 to 10000"
run 2 bench score --truth whole.manifest --predictions whole.jsonl --explain-protocols
err_has "it is for average precision of boxes"
run 2 bench score --truth truth.json --predictions results.json --explain-protocols --iou 0.5,0.6
err_has "--explain-protocols takes one value"
run 2 bench score --truth truth.json --predictions results.json --score-threshold nan
err_has "--score-threshold"

# A long list is read in slices: cut where "}, {" stands, also when that is inside a text or an inner list.
awk 'BEGIN { printf "["; for (i = 0; i < 40000; i++) printf "%s{\"image_id\": %d, \"category_id\": 1, \"bbox\": [10, 10, 50, %d], \"score\": 0.5}", i ? ", " : "", i % 2 + 1, 50 + i % 7; print "]" }' > long.json
run 0 bench score --truth truth.json --predictions long.json --json
json .detections 40000
cp "$OUT" long.out
for tricky in '"note": "}, {", ' '"segmentation": [{"a": 1}, {"b": 2}], '; do
  sed "s|{\"image_id\"|{$(printf '%s' "$tricky" | sed 's/[&|]/\\&/g')\"image_id\"|g" long.json > tricky.json
  run 0 bench score --truth truth.json --predictions tricky.json --json
  cmp "$OUT" long.out || fail "another result with $tricky"
done
head -c 2000000 long.json > cut.json
run 1 bench score --truth truth.json --predictions cut.json
err_has "cut.json: ends within element"
sed 's/}]$/},]/' long.json > comma.json
run 1 bench score --truth truth.json --predictions comma.json
err_has "comma.json: the list ends with a comma"
sed 's/, "score": 0.5}]$/}]/' long.json > last.json
run 1 bench score --truth truth.json --predictions last.json
err_has "last.json:[39999]: score is missing or not a number"
sed 's/"score":0.6/"score":NaN/' results.json > nan.json
run 1 bench score --truth truth.json --predictions nan.json
err_has 'nan.json:[3]: not valid JSON: {"image_id":2,"category_id":3,"bbox":[500,400,40,40],"score":NaN}; JSON has no NaN or Infinity'
