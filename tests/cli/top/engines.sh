# engines: what is here, and why something is not.
. "$(dirname "$0")/../lib.sh"
run 0 engines
out_has "opencv"
out_has "yolov8"
run 0 engines --json
json .schema mlopsctl.engines/1
json '.engines[0] | [.name, .available, .formats, .why_not]' '["opencv",true,["onnx"],null]'
json '[.decoders[].kind] | contains(["classification", "yolov8", "nanodet", "fastestdet", "ultraface", "yunet"])' true
# A program without its modules says so.
cp "$MLOPSCTL" alone
MLOPSCTL=$WORK/alone
run 0 engines --json
json '.engines[0].available' false
json '.engines[0].why_not | contains("not found beside the program")' true
