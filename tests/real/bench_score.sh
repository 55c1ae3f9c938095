# bench score against published numbers: pycocotools on val2014, and the sets of the review of detection metrics.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/map-groundtruth
SETS=$SHARED/data/real/map-groundtruth

# near NAME VALUE: the metric is this to 1e-9.
near() { json "((.metrics.$1 - $2) | fabs) < 1e-9" true; }

COCO=$SETS/coco-val2014-100/tests/dataset/cocoapi
run 0 bench score --truth "$COCO/instances_val2014_100.json" --predictions "$COCO/instances_val2014_fakebbox100_results.json" --json
near map_50_95 0.5045806987249628
near map_50 0.6969727247299577
near map_75 0.5729816669904824
near map_small 0.5856257209410443
near map_medium 0.5193996948036719
near map_large 0.5013978986347466
near ar_1 0.38681277964578054
near ar_10 0.5936795762842003
near ar_100 0.595352982877607
near ar_small 0.6398109626113442
near ar_medium 0.5664205978994309
near ar_large 0.5642905982905982

# What stands behind the numbers, counted again in another way.
run 0 bench score --truth "$COCO/instances_val2014_100.json" --predictions "$COCO/instances_val2014_fakebbox100_results.json" --json --bootstrap 100
python3 "$(dirname "$0")/score_oracle.py" "$COCO/instances_val2014_100.json" "$COCO/instances_val2014_fakebbox100_results.json" "$OUT" ||
  fail "details differ from those of score_oracle.py"

# The same boxes without crowd, sizes by box; detections as a bare list with ids of that file.
REVIEW=$SETS/review-metrics/tests
run 0 bench score --truth "$REVIEW/test_coco_eval/gts/sampled_gts_bbox_area.json" --predictions "$REVIEW/test_coco_eval/cocoapi_results.json" --json
json '((.metrics.map_50_95 - 0.503647) | fabs) < 1e-6' true
json '((.metrics.map_small - 0.593252) | fabs) < 1e-6' true
json '((.metrics.ar_large - 0.553744) | fabs) < 1e-6' true

# Text files, one an image: brought to a manifest and predictions.
as_lines() { # FOLDER KIND
  local file
  for file in "$1"/*.txt; do
    awk -v image="$(basename "$file" .txt).jpg" -v kind="$2" '
      kind == "truth" { boxes = boxes (boxes ? "," : "") sprintf("{\"class_id\":0,\"left\":%s,\"top\":%s,\"width\":%s,\"height\":%s}", $2, $3, $4, $5) }
      kind == "said" { boxes = boxes (boxes ? "," : "") sprintf("{\"label\":\"thing\",\"score\":%g,\"left\":%s,\"top\":%s,\"width\":%s,\"height\":%s}", $2, $3, $4, $5, $6) }
      END {
        if (kind == "truth")
          printf "{\"source-ref\":\"%s\",\"bb\":{\"image_size\":[{\"width\":1000,\"height\":1000,\"depth\":3}],\"annotations\":[%s]},\"bb-metadata\":{\"class-map\":{\"0\":\"thing\"},\"type\":\"groundtruth/object-detection\",\"human-annotated\":\"yes\",\"creation-date\":\"2026-01-01T00:00:00\",\"job-name\":\"j\",\"objects\":[]}}\n", image, boxes
        else
          printf "{\"image\":\"%s\",\"width\":1000,\"height\":1000,\"detections\":[%s]}\n", image, boxes
      }' "$file"
  done
}
as_lines "$REVIEW/test_case_1/gts" truth > truth.manifest
as_lines "$REVIEW/test_case_1/dets" said > p.jsonl
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc11 --iou 0.1,0.3,0.5,0.75 --json
near map_10 0.3333333333333333
near map_30 0.2683982683982684
near map_50 0.0303030303030303
near map_75 0
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc --iou 0.1,0.3,0.5,0.75 --json
json '((.metrics.map_10 - 0.3371980676) | fabs) < 1e-9' true
json '((.metrics.map_30 - 0.2456866804) | fabs) < 1e-9' true
json '((.metrics.map_50 - 0.0222222222) | fabs) < 1e-9' true
near map_75 0
# Why the published numbers differ: from 101 points and boxes as they are to 11 points and the extra pixel.
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc --iou 0.3 --explain-protocols --json
json '((.protocols.map.voc - 0.2456866804) | fabs) < 1e-9' true
json '((.protocols.map.voc11 - 0.2683982683982684) | fabs) < 1e-9' true
json '((.protocols.alone[] | select(.change == "overlap_continuous").map) - 0.2253968253968254 | fabs) < 1e-9' true
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc11 --iou 0.1 --explain-protocols --json
json '((.protocols.alone[] | select(.change == "eleven_tenths").map) - 0.3689064559 | fabs) < 1e-9' true
as_lines "$SETS/object-detection-metrics/groundtruths" truth > truth.manifest
as_lines "$SETS/object-detection-metrics/detections" said > p.jsonl
run 0 bench score --truth truth.manifest --predictions p.jsonl --protocol voc --iou 0.3 --json
json '((.metrics.map_30 - 0.2456866804) | fabs) < 1e-9' true
