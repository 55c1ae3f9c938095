# package deployable on a real graph with weights that are made up: the deploy graph is the golden one again, no weight has changed, and
# MXNet's form and ONNX find the same objects as the reference in numpy.
. "$(dirname "$0")/../cli/lib.sh"
GOLDEN=data/golden/mxnet/deploy_model_algo_1-symbol.json
need_shared $GOLDEN
/usr/bin/python3 -c 'import numpy' 2>/dev/null || { echo "SKIPPED: needs python3-numpy"; exit 77; }
mkdir job
/usr/bin/python3 "$HERE/mxnet_reference.py" "$SHARED/$GOLDEN" 300 job || fail "the reference"
mv job/picture.png job/detections.json .
jq -f "$HERE/mxnet_training.jq" "$SHARED/$GOLDEN" > job/model_algo_1-symbol.json
jq '.image_shape = "300"' "$SHARED/data/golden/mxnet/hyperparams.json" > job/hyperparams.json
tar -czf training.tar.gz -C job .
printf 'cat\ndog\n' > names

run 0 package deployable training.tar.gz --labels names --licence CC0-1.0 -o mxnet.tar.gz
err_has "num_classes is '4', the graph has 2 classes"
run 0 package deployable training.tar.gz --labels names --licence CC0-1.0 -o onnx.tar.gz --to onnx
run 0 package deployable job --labels names --licence CC0-1.0 -o again.tar.gz --to onnx --jobs 1
cmp onnx.tar.gz again.tar.gz || fail "the same training gives other bytes"
for form in mxnet onnx; do
  run 0 package verify $form.tar.gz
  mkdir $form && tar -xzf $form.tar.gz -C $form
done

# No weight has changed.
python3 "$HERE/compare_arrays.py" job/model_algo_1-0000.params mxnet/deploy_model_algo_1-0000.params onnx/model.onnx > "$OUT" ||
  fail "weights differ"
out_has 293

# The graph is the golden one, whose nodes stand in another order: each with its operator, attributes and inputs.
flat() {
  jq -S '.nodes as $n | {version: .attrs.mxnet_version, heads: [.heads[] | $n[.[0]].name], variables: ([.arg_nodes[] | $n[.].name] | sort),
    nodes: ([.nodes[] | {op, name, attrs: (.attrs // {}), inputs: [.inputs[] | [$n[.[0]].name, .[1]]]}] | sort_by(.name))}' "$1"
}
flat "$SHARED/$GOLDEN" > golden.flat
flat mxnet/deploy_model_algo_1-symbol.json > ours.flat
diff golden.flat ours.flat || fail "the graph is another one"
[ "$(jq '.nodes | length' mxnet/deploy_model_algo_1-symbol.json)" = 536 ] || fail "other nodes"
# Each input stands before who takes it.
jq -e '[.nodes | to_entries[] | .key as $k | .value.inputs[] | .[0] < $k] | all' mxnet/deploy_model_algo_1-symbol.json > /dev/null || fail "order"

# Objects: as the reference finds them.
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
for form in mxnet onnx; do
  run 0 infer --model $form.tar.gz picture.png -o $form.jsonl --engine opencv --set decoder.score_threshold=0.01
  same $form.jsonl
done
if [ -n "${MLOPSCTL_TEST_ONNXRUNTIME:-}" ]; then
  run 0 infer --model onnx.tar.gz picture.png -o ort.jsonl --onnxruntime "$MLOPSCTL_TEST_ONNXRUNTIME" --set decoder.score_threshold=0.01
  same ort.jsonl
fi

# A deploy graph gets the detection that is asked for; its name stays.
run 0 package deployable mxnet.tar.gz --labels names -o twice.tar.gz --nms-threshold 0.6 --nms-topk 50 --per-class
tar -xzf twice.tar.gz -O deploy_model_algo_1-symbol.json | jq -c '.nodes[-1].attrs' > "$OUT"
out_has '{"force_suppress":"False","nms_threshold":"0.6","nms_topk":"50","variances":"(0.1, 0.1, 0.2, 0.2)"}'

# Weights that stop early.
head -c 50000000 job/model_algo_1-0000.params > short && mv short job/model_algo_1-0000.params
run 1 package deployable job --labels names -o none.tar.gz
err_has "model_algo_1-0000.params: byte"
[ ! -e none.tar.gz ] || fail "a refused model wrote something"
