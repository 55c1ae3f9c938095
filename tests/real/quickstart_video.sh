# examples/quickstart.sh on somebody's own video and model: people on a stage, and a face detector.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video/short_hamilton_clip.mp4
need_shared data/real/models/yunet_n_320_320.onnx
mkdir model
cp "$SHARED/data/real/models/yunet_n_320_320.onnx" model/
echo face > labels.txt
run 0 package describe model/yunet_n_320_320.onnx --labels labels.txt -o model/model.yaml
bash "$MLOPSCTL_SOURCE/examples/quickstart.sh" --video "$SHARED/data/real/video/short_hamilton_clip.mp4" --model model --out "$WORK/out" \
  >"$OUT" 2>"$ERR" || fail "quickstart ended with $?"
out_has "Where everything is"
# The labels are the model's own detections and say so.
jq -e -s 'length > 2 and all(.[]; [.[] | objects | select(.type? == "groundtruth/object-detection") | ."human-annotated"] == ["no"])' \
  out/labels.manifest >/dev/null || fail "labels are not marked as machine-made"
