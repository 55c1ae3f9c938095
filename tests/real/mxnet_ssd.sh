# An SSD of SageMaker's object detection without MXNet: a real graph with weights that are made up, on every engine that is here,
# against the same network computed from its definition with numpy.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/golden/mxnet/deploy_model_algo_1-symbol.json
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { echo "SKIPPED: needs python3-numpy"; exit 77; }
mkdir ssd
/usr/bin/python3 "$HERE/mxnet_reference.py" "$SHARED/data/golden/mxnet/deploy_model_algo_1-symbol.json" 300 ssd || fail "the reference"
mv ssd/picture.png ssd/detections.json .
[ "$(jq .anchors detections.json)" = 2268 ] || fail "the reference has other anchors"

# spec SIZE LABELS
spec() {
  cat > ssd/model.yaml << YAML
schema: mlopsctl.model/1
name: ssd
version: "1"
task: detection
weights: model_algo_1-0000.params
format: mxnet-ssd
input: {name: data, width: $1, height: $1, color: rgb, resize: stretch}
decoder: {kind: mxnet-ssd, score_threshold: 0.01, nms: {iou: 0.45, per_class: false, max_detections: 400}}
labels: [$2]
licence: CC0-1.0
YAML
}
spec 300 'cat, dog'
# same FILE: as many objects as the reference has, each of its class, score and place.
same() {
  jq -ne --slurpfile here "$1" --slurpfile reference detections.json '
    ($here[0].detections) as $a | ($reference[0].detections) as $b
    | def near($x; $y; $by): ($x - $y) | fabs < $by;
    ($a | length) == ($b | length) and ($a | length) > 100 and
    ([range($a | length) | $a[.] as $x | $b[.] as $y
      | $x.class_id == $y.class_id and near($x.score; $y.score; 0.0001) and near($x.left; $y.left; 0.02) and near($x.top; $y.top; 0.02)
        and near($x.left + $x.width; $y.right; 0.02) and near($x.top + $x.height; $y.bottom; 0.02)] | all)' > /dev/null ||
    fail "$1 is not what the reference says: $(jq -c '[(.detections | length), .detections[0]]' "$1") $(jq -c '.detections[0]' detections.json)"
}
run 0 infer --model ssd picture.png -o opencv.jsonl --engine opencv
same opencv.jsonl
if [ -n "${MLOPSCTL_TEST_ONNXRUNTIME:-}" ]; then
  run 0 infer --model ssd picture.png -o ort.jsonl --engine onnxruntime --onnxruntime "$MLOPSCTL_TEST_ONNXRUNTIME"
  same ort.jsonl
fi

# The graph that training leaves (targets, losses, no detection) gives the same.
cp -r ssd training
jq -f "$HERE/mxnet_training.jq" ssd/model_algo_1-symbol.json > training/model_algo_1-symbol.json
run 0 infer --model training picture.png -o training.jsonl --engine opencv
jq -c '[.detections[:20][] | [.label, (.score * 1000 | round)]]' training.jsonl > a
jq -c '[.detections[:20][] | [.label, (.score * 1000 | round)]]' opencv.jsonl > b
cmp a b || fail "the training graph finds something else"

# 512 px: 6132 anchors; the message about a wrong number of labels shows them.
spec 512 'cat'
run 1 infer --model ssd picture.png -o none.jsonl
err_has "'cls_pred' 1x3x6132"
err_has "'loc_pred' 1x24528"
spec 300 'cat'
run 1 infer --model ssd picture.png -o none.jsonl
err_has "'cls_pred' 1x3x2268"

# As a package: the graph has a digest, too, and is missed.
spec 300 'cat, dog'
run 0 package model ssd -o ssd.tar.gz
run 0 package verify ssd.tar.gz
run 0 infer --model ssd.tar.gz picture.png -o packed.jsonl --engine opencv --no-timing
jq -c .detections packed.jsonl > a
jq -c .detections opencv.jsonl > b
cmp a b || fail "the package finds something else"
mv ssd/model_algo_1-symbol.json kept.json
run 1 infer --model ssd picture.png -o none.jsonl
err_has "model_algo_1-symbol.json"
run 3 package verify ssd
out_has "ssd/model_algo_1-symbol.json  no such file"

# Weights that stop early, or are of another network.
cp kept.json ssd/model_algo_1-symbol.json
head -c 50000000 ssd/model_algo_1-0000.params > short && mv short ssd/model_algo_1-0000.params
run 1 infer --model ssd picture.png -o none.jsonl
err_has "model_algo_1-0000.params: byte"
mv ssd/model_algo_1-0000.params ssd/weights.params
sed -i 's/model_algo_1-0000.params/weights.params/' ssd/model.yaml
run 1 infer --model ssd picture.png -o none.jsonl
err_has "is not named as MXNet does it"
[ ! -e none.jsonl ] || fail "a refused model wrote something"
