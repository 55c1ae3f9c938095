# engines: what is here, and why something is not.
. "$(dirname "$0")/../lib.sh"
run 0 engines
out_has "onnxruntime"
out_has "opencv"
out_has "yolov8"
run 0 engines --json
json .schema mlopsctl.engines/1
json '[.engines[].name]' '["onnxruntime","opencv"]'
json '.engines[1] | [.name, .available, .formats, .why_not]' '["opencv",true,["onnx"],null]'
json '[.decoders[].kind] | contains(["classification", "yolov8", "nanodet", "fastestdet", "ultraface", "yunet"])' true

# A library of ONNX Runtime that is none, is too old, is no file, or has no absolute path.
run 0 engines --json --onnxruntime "$MLOPSCTL_TEST_OLD_ONNXRUNTIME"
json '.engines[0].why_not | contains("ONNX Runtime 1.8.1 is too old, 1.14 or newer is needed")' true
run 0 engines --json --onnxruntime "$(dirname "$MLOPSCTL")/engine_opencv.so"
json ".engines[0].why_not | contains(\"is not ONNX Runtime (it has no 'OrtGetApiBase')\")" true
echo "no library" > text.so
run 0 engines --json --onnxruntime text.so
json '.engines[0].why_not | contains("/text.so: ")' true
run 0 engines --json --onnxruntime nowhere.so
json '.engines[0].why_not | contains("nowhere.so'"'"' is no such file")' true
MLOPSCTL_ONNXRUNTIME=text.so run 0 engines --json
json '.engines[0].why_not | contains("no absolute path")' true
# Whoever names a library does not mean another engine.
mkdir model
cp "$MLOPSCTL_SOURCE"/examples/shapes/model/* model/
run 2 infer --model model "$MLOPSCTL_SOURCE/README.md" -o p.jsonl --onnxruntime "$MLOPSCTL_TEST_OLD_ONNXRUNTIME"
err_has "is too old"
# A project's file may not name one before it is trusted.
echo 'infer: {onnxruntime: /tmp/evil.so}' > mlops.yaml
run 2 infer --model model "$MLOPSCTL_SOURCE/README.md" -o p.jsonl
err_has "onnxruntime"
err_has "config trust"
rm mlops.yaml

# A program without its modules says so.
cp "$MLOPSCTL" alone
MLOPSCTL=$WORK/alone
run 0 engines --json
json '.engines[1].available' false
json '.engines[1].why_not | contains("not found beside the program")' true
