# infer with real models on real pictures: what is in them is found, where it is.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/models/FastestDet.onnx
need_shared data/real/faces-known/examples/two_people.jpg
MODELS=$SHARED/data/real/models
FACES=$SHARED/data/real/faces-known/examples

# model NAME ONNX TASK INPUT DECODER LABELS
model() {
  mkdir "$1" && cp "$MODELS/$2" "$1/"
  model_yaml "$@"
}
COCO=$(tr -d '\r' < "$MODELS/coco.names" | sed '/^$/d; s/.*/"&"/' | paste -sd,)
model fastestdet FastestDet.onnx detection \
  'name: input.1, width: 352, height: 352, color: bgr, resize: stretch, interpolation: area, scale: 0.00392156862745098' \
  'fastestdet, score_threshold: 0.65, nms: {iou: 0.45, per_class: true, max_detections: 300}' "$COCO"
model nanodet nanodet_m.onnx detection \
  'name: input.1, width: 416, height: 416, color: bgr, resize: stretch, scale: 1, mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395]' \
  'nanodet, score_threshold: 0.35, nms: {iou: 0.6, per_class: true, max_detections: 300}' "$COCO"
model yunet yunet_n_320_320.onnx detection \
  'name: input, width: 320, height: 320, color: bgr, resize: letterbox-topleft, pad_value: 0, scale: 1' \
  'yunet, score_threshold: 0.6, nms: {iou: 0.3, per_class: true, max_detections: 300}' face
model ultraface version-RFB-320.onnx detection \
  'name: input, width: 320, height: 240, color: rgb, resize: stretch, scale: 1, mean: [127, 127, 127], std: [128, 128, 128]' \
  'ultraface, score_threshold: 0.7, nms: {iou: 0.3, per_class: true, max_detections: 300}' face
model mnist mnist.onnx classification \
  'name: Input3, width: 28, height: 28, color: grey, resize: stretch, scale: 1' \
  classification '"0","1","2","3","4","5","6","7","8","9"'

# has_box CLASS LEFT TOP RIGHT BOTTOM: some box of this class has its corners within 25 px of these, read off the picture.
has_box() {
  jq -e --arg class "$1" --argjson box "[$2,$3,$4,$5]" '
    [.detections[] | select(.label == $class) | [.left, .top, .left + .width, .top + .height]
     | [., $box] | transpose | map((.[0] - .[1]) | fabs) | max] | min < 25' "$OUT" > "$WORK/.said" || fail "no $1 at $*"
}

PERSONS=$MODELS/FastestDet_example_3.jpg
run 0 infer --model fastestdet "$PERSONS"
json '[.detections[].label] | group_by(.) | map([.[0], length])' '[["person",4]]'
has_box person 41 63 178 294
has_box person 289 142 490 297
run 0 infer --model nanodet "$PERSONS"
json '[.detections[] | select(.label == "person")] | length >= 4' true
has_box person 41 63 178 298
has_box person 289 142 490 297

# A draft of model.yaml says the same as ours.
mkdir draft && cp "$MODELS/nanodet_m.onnx" draft/
run 0 package describe draft/nanodet_m.onnx --labels "$MODELS/coco.names" -o draft/model.yaml
for package in draft nanodet; do
  run 0 infer --model $package "$PERSONS" --threads 1 --no-timing --set decoder.score_threshold=0.35 -o $package.jsonl
done
cmp draft.jsonl nanodet.jsonl || fail "package describe drafts another model.yaml"

for detector in yunet ultraface; do
  run 0 infer --model $detector "$FACES/two_people.jpg"
  json '.detections | length' 2
  has_box face 238 24 388 225
  has_box face 789 42 937 255
  for one in alex-lacamoire.png lin-manuel-miranda.png knn_examples/train/obama/obama.jpg knn_examples/train/kit_harington/john1.jpeg; do
    run 0 infer --model $detector "$FACES/$one"
    json '.detections | length' 1
  done
done
run 0 infer --model yunet "$SHARED/data/real/odd-images/webp-bytes.jpg"
json '.width > 0' true

run 0 infer --model mnist "$PERSONS"
json '.classes[0].score > 0.3' true
json '.detections' null

# The same predictions with one thread and with several, within what the guarantees allow.
run 0 infer --model fastestdet "$FACES" --no-timing --threads 1 -o one.jsonl
run 0 infer --model fastestdet "$FACES" --no-timing --threads 1 --jobs 1 -o same.jsonl --draw drawn
cmp one.jsonl same.jsonl || fail "one thread, other bytes"
run 0 infer --model fastestdet "$FACES" --no-timing -o many.jsonl
jq -es '
  (length / 2) as $n | [range($n) as $i | [.[$i], .[$n + $i]]]
  | all(.[]; .[0].image == .[1].image and (.[0].detections | length) == (.[1].detections | length)
    and ([.[0].detections, .[1].detections] | transpose
         | all(.[]; .[0].label == .[1].label and ((.[0].score - .[1].score) | fabs) <= 0.0001
           and ((.[0].left - .[1].left) | fabs) <= 0.1 and ((.[0].top - .[1].top) | fabs) <= 0.1)))' \
  one.jsonl many.jsonl > "$WORK/.said" || fail "several threads, other predictions"
[ "$(find drawn -name '*.jpg' | wc -l)" -eq "$(wc -l < one.jsonl)" ] || fail "pictures are missing in drawn/"

# Faces found, cut out and turned into vectors: of all pairs the two pictures of one man are most alike.
model mobilefacenet MobileFaceNet.onnx embedding \
  'name: input0, width: 112, height: 112, color: rgb, resize: stretch, scale: 0.00392156862745098, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]' \
  embedding ''
run 0 infer --model yunet "$FACES/knn_examples/train" -o faces.jsonl
run 0 manifest crop faces.jsonl -o faces
run 0 infer --model mobilefacenet faces -o vectors.jsonl
out_has "9 pictures, 9 embeddings"
jq -es '
  (all(.[]; (.embedding | length) == 128 and (([.embedding[] | . * .] | add) - 1 | fabs) < 0.001))
  and ([range(length) as $i | range($i) as $k | {pair: [.[$i].image, .[$k].image], likeness: ([[.[$i].embedding, .[$k].embedding] | transpose[] | .[0] * .[1]] | add)}]
    | max_by(.likeness) | .likeness > 0.5 and (.pair | sort) == ["faces/face/obama-1.png", "faces/face/obama2-1.png"])' vectors.jsonl > "$WORK/.said" ||
  fail "others are more alike"
