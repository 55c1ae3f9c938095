# bench run with real detectors on 100 real pictures: average precision as other decoders of the same weights have it.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/models/FastestDet.onnx
need_shared data/real/voc100-multiformat/data/database/images
MODELS=$SHARED/data/real/models
SET=$SHARED/data/real/voc100-multiformat/data/database
COCO=$(tr -d '\r' < "$MODELS/coco.names" | sed '/^$/d; s/.*/"&"/' | paste -sd,)

# model NAME ONNX INPUT DECODER IOU
model() {
  mkdir "$1" && cp "$MODELS/$2" "$1/"
  model_yaml "$1" "$2" detection "name: input.1, color: bgr, resize: stretch, $3" "$4, nms: {per_class: true, max_detections: 300, iou: $5}" "$COCO"
}
model fastestdet FastestDet.onnx 'width: 352, height: 352, interpolation: area, scale: 0.00392156862745098' \
  'fastestdet, score_threshold: 0.65, eval_score_threshold: 0.1' 0.45
model nanodet nanodet_m.onnx 'width: 416, height: 416, mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395]' \
  'nanodet, score_threshold: 0.35, eval_score_threshold: 0.05' 0.6

run 0 bench run --model fastestdet --data "$SET/gts/pascalvoc_format" --images "$SET/images" --protocol voc --json
json '.rows[0].map_50 - 0.518 | fabs < 0.01' true
DIGEST=$(jq -r .rows[0].dataset_digest "$OUT")
run 0 bench run --model nanodet --data "$SET/gts/pascalvoc_format" --images "$SET/images" --protocol voc --scenario offline --json
json '.rows[0].map_50 - 0.676 | fabs < 0.01' true
json .rows[0].dataset_digest "$DIGEST"

# What infer writes and bench score reads is the same number.
run 0 infer --model nanodet "$SET/images" -o p.jsonl --threshold evaluate --threads 1
run 0 bench score --truth "$SET/gts/pascalvoc_format" --images "$SET/images" --predictions p.jsonl --protocol voc --json
json '.metrics.map_50 - 0.676 | fabs < 0.01' true
run 0 bench show
out_has nanodet
