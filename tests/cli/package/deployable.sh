# package deployable: a tiny training job in both forms, and every refusal.
. "$(dirname "$0")/../lib.sh"
fresh() {
  rm -rf job
  mkdir job
  python3 "$HERE/make_training.py" job "${1:-1}"
}
pack() { tar -czf training.tar.gz -C job .; }
edit() { jq "$2" "job/$1" > edited && mv edited "job/$1"; }
refused() { # TEXT [ARGS...]
  local text=$1
  shift
  run 1 package deployable job -o none.tar.gz "$@"
  err_has "$text"
  [ ! -e none.tar.gz ] || fail "a refused training was written"
}

fresh
pack
echo gesture > names
run 0 package deployable training.tar.gz --labels names --licence MIT -o mxnet.tar.gz
out_has "mxnet.tar.gz: "
out_has "mxnet-ssd, 4x4, 1 classes, digest sha256:"
tar -tzf mxnet.tar.gz > "$OUT"
for name in deploy_model_algo_1-0000.params deploy_model_algo_1-symbol.json hyperparams.json model.yaml sbom.json; do out_has $name; done
tar -xzf mxnet.tar.gz -O deploy_model_algo_1-0000.params | cmp - job/model_algo_1-0000.params || fail "the weights changed"
tar -xzf mxnet.tar.gz -O deploy_model_algo_1-symbol.json > deployed.json
jq -c '[.nodes[].op]' deployed.json > "$OUT"
out_has '"SoftmaxActivation","_contrib_MultiBoxDetection"]'
for op in MakeLoss SoftmaxOutput MultiBoxTarget; do out_lacks $op; done
run 0 package verify mxnet.tar.gz
run 0 package deployable job --labels names --licence MIT -o onnx.tar.gz --to onnx --json
json .schema mlopsctl.package.deployable/1
json .classes 1
json .format onnx
json .problems '[]'
json .digest "sha256:$(sha256sum onnx.tar.gz | cut -d' ' -f1)"
run 0 package inspect onnx.tar.gz
out_has "decoder mxnet-ssd, 4x4, 1 labels, licence MIT"
out_has "outputs: cls_prob float32 1x4x2, boxes float32 1x4x4"
run 0 package verify onnx.tar.gz
touch -d 2001-01-01 job/*
for form in mxnet onnx; do
  "$MLOPSCTL" package deployable job --labels names --licence MIT --to $form -o - | cmp - $form.tar.gz || fail "other bytes"
done
tar -xzf onnx.tar.gz -O model.yaml > model.yaml
grep -q 'iou: 0.45' model.yaml && grep -q 'max_detections: 100' model.yaml || fail "the job's suppression is lost"
run 2 package deployable job -o onnx.tar.gz
err_has "onnx.tar.gz: already exists"
run 2 package deployable job -o model.mar
err_has "what is written is a .tar.gz"
run 2 package deployable job -o - --json
err_has "both want stdout"
for flag in "--nms-threshold 0" "--nms-threshold 2" "--nms-topk 0" "--image-shape 0"; do
  # shellcheck disable=SC2086
  run 2 package deployable job -o none.tar.gz $flag
  err_has "${flag%% *}: "
done
run 2 package deployable job -o none.tar.gz --to tflite
err_has "--to"

# What the job says against what the graph is.
edit hyperparams.json '.num_classes = "4" | .base_network = "vgg-16"'
run 0 package deployable job -o warned.tar.gz
err_has "num_classes is '4', the graph has 1 classes"
err_has "base_network is 'vgg-16'"
err_has "they are called class_0 to class_0; give them with --labels"
run 0 package deployable job -o warned.tar.gz --overwrite --json
json '[.problems[].rule]' '["hyperparameters","input-mean","labels"]'
printf 'a\nb\n' > two
refused "the graph has 1 classes, but there are 2 labels" --labels two
edit hyperparams.json '.image_shape = "wide"'
refused "hyperparams.json: image_shape: 'wide' is no number from 1 to 8192"
edit hyperparams.json 'del(.image_shape)'
refused "does not say image_shape"
run 0 package deployable job -o sized.tar.gz --image-shape 4
edit hyperparams.json '.nms_threshold = "7"'
refused "nms_threshold: 7 is not above 0" --image-shape 4
echo '[1]' > job/hyperparams.json
refused "hyperparams.json: is a list" --image-shape 4
echo '{' > job/hyperparams.json
refused "hyperparams.json:" --image-shape 4
rm job/hyperparams.json
run 0 package deployable job -o bare.tar.gz --image-shape 4
tar -xzf bare.tar.gz -O model.yaml > model.yaml
grep -q 'iou: 0.5' model.yaml && grep -q 'max_detections: 400' model.yaml || fail "not the defaults of deploy.py"

# Files that are missing, damaged or of something else.
fresh
mv job/model_algo_1-symbol.json .
refused "job: there is no -symbol.json at its top"
mv model_algo_1-symbol.json job/other-symbol.json
refused "'model_algo_1-0000.params' are no weights of 'other-symbol.json'"
fresh
cp job/model_algo_1-0000.params job/model_algo_1-0001.params
refused "holds 'model_algo_1-0000.params' and 'model_algo_1-0001.params'"
fresh
rm job/*.params
refused "job: there is no -0000.params at its top"
fresh
size=$(stat -c %s job/model_algo_1-0000.params)
head -c $((size - 9)) job/model_algo_1-0000.params > short && mv short job/model_algo_1-0000.params
refused "model_algo_1-0000.params: byte"
fresh
printf '\377\377\377\377\377\377\377\177' | dd of=job/model_algo_1-0000.params bs=1 seek=16 conv=notrunc status=none
refused "9223372036854775807 arrays"
fresh 2
cp job/model_algo_1-symbol.json kept.json
fresh 1
mv kept.json job/model_algo_1-symbol.json
refused "node 'cls': weights 'cls_weight' are 2x3x1x1, the graph needs 3x3x1x1"
fresh
edit model_algo_1-symbol.json '.nodes[1].inputs = [[4, 0, 0]]'
refused "node 1: takes node 4, which is not before it"
fresh
edit model_algo_1-symbol.json '.nodes[1].op = "Custom"'
refused "node 'features': its operator Custom is not translated"
fresh
edit model_algo_1-symbol.json '.nodes |= .[:14] | .heads = []'
refused "has no _contrib_MultiBoxDetection"
fresh
echo '{"nodes":' > job/model_algo_1-symbol.json
refused "job: model_algo_1-symbol.json:"
python3 -c '
import io, tarfile
with tarfile.open("up.tar.gz", "w:gz") as tar:
    for name in ("../model_algo_1-symbol.json", "model_algo_1-0000.params"):
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())'
run 1 package deployable up.tar.gz -o none.tar.gz
err_has "has a name that contains '..'"
run 1 package deployable nowhere.tar.gz -o none.tar.gz
err_has "nowhere.tar.gz"
run 1 package deployable names -o none.tar.gz
err_has "is not a tar, tar.gz or zip archive"
