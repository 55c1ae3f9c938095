# ONNX Runtime, the real library: the same objects as OpenCV finds, real detectors, and graphs that it refuses.
. "$(dirname "$0")/../cli/lib.sh"
need_onnxruntime
run 0 engines --json --onnxruntime "$ONNXRUNTIME"
json '.engines[0] | [.name, .available, .why_not]' '["onnxruntime",true,null]'
export MLOPSCTL_ONNXRUNTIME=$ONNXRUNTIME
run 0 capture 'pattern:shapes?seed=7&size=640x480&fps=5&seconds=6' -o frames
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 infer --model "$MODEL" frames -o here.jsonl --threads 1 --json
json '.engine | startswith("onnxruntime 1.")' true # the default where it is
run 0 infer --model "$MODEL" frames -o opencv.jsonl --engine opencv
run 0 manifest diff opencv.jsonl here.jsonl --json # the same boxes and classes: exit 0
run 0 bench run --model "$MODEL" --data frames/labels.manifest --table b.db --json
json '.rows[0] | [.engine, .map_50 > 0.9]' '["onnxruntime",true]'

# Nothing of a user's models is told to anybody: the library's own reports are off, whatever the
# environment says (they would leave an identifier in the cache folder and a log in the temporary one).
mkdir home tmp
env -u CI -u XDG_CACHE_HOME HOME="$PWD/home" TMPDIR="$PWD/tmp" ORT_DISABLE_TELEMETRY=0 \
  "$MLOPSCTL" infer --model "$MODEL" frames -o quiet.jsonl || fail "infer failed"
[ -z "$(find home -path '*icrosoft*')" ] || fail "ONNX Runtime keeps a device identifier: $(find home)"
[ -z "$(ls tmp)" ] || fail "ONNX Runtime writes to the temporary folder: $(ls tmp)"

# The same numbers whatever the number of threads.
for threads in 1 2 3; do
  run 0 infer --model "$MODEL" frames -o t$threads.jsonl --threads $threads --no-timing
done
cmp t1.jsonl t2.jsonl && cmp t1.jsonl t3.jsonl || fail "the number of threads changes what is found"

# Batches, where the graph has room for them: the same classes, and as many pictures.
if [ "$(jq -r '.inputs[0].shape[0]' <("$MLOPSCTL" package describe "$MODEL/shapes.onnx" --json))" = -1 ]; then
  run 0 bench run --model "$MODEL" --data frames/labels.manifest --table b.db --scenario offline --batch 4 --max-spread 1000 --json
  json '.rows[0] | [.batch, .map_50 > 0.9]' '[4,true]'
fi

# Bad graphs: the runtime's own words, with what to do.
cp -r "$MODEL" bad && chmod -R u+w bad
sed -i '/^digests:/,$d' bad/model.yaml
head -c 2000 "$MODEL/shapes.onnx" > bad/shapes.onnx
run 1 infer --model bad frames -o bad.jsonl
err_has "shapes.onnx"
[ ! -e bad.jsonl ] || fail "an output of a broken model is there"
SIZE=$(stat -c %s "$MODEL/shapes.onnx")
# damage OFFSET_FROM_END BYTES: octal escapes for printf, over what is there
damage() {
  cp "$MODEL/shapes.onnx" bad/ && chmod u+w bad/shapes.onnx
  # shellcheck disable=SC2059
  printf "$2" | dd of=bad/shapes.onnx bs=1 seek=$((SIZE - $1)) conv=notrunc status=none
}
damage 1 '\143' # the file's last number: an operator set that nobody knows
run 1 infer --model bad frames -o bad.jsonl
err_has "shapes.onnx: onnxruntime 1."
err_has "cannot load this graph (opset 99)"
err_has "a newer ONNX Runtime reads newer graphs"
damage 1000 "$(printf '\\377%.0s' {1..400})" # weights that are not numbers
run 1 infer --model bad frames -o bad.jsonl
err_has "bad: shapes.onnx: output 'output0': value 1200 of 10500 is not a finite number"
[ ! -e bad.jsonl ] || fail "an output of a broken model is there"

need_shared data/real/models/FastestDet.onnx
need_shared data/real/voc100-multiformat/data/database/images
MODELS=$SHARED/data/real/models
SET=$SHARED/data/real/voc100-multiformat/data/database
COCO=$(tr -d '\r' < "$MODELS/coco.names" | sed '/^$/d; s/.*/"&"/' | paste -sd,)
mkdir fastestdet && cp "$MODELS/FastestDet.onnx" fastestdet/
model_yaml fastestdet FastestDet.onnx detection \
  'name: input.1, color: bgr, resize: stretch, width: 352, height: 352, interpolation: area, scale: 0.00392156862745098' \
  'fastestdet, score_threshold: 0.65, eval_score_threshold: 0.1, nms: {per_class: true, max_detections: 300, iou: 0.45}' "$COCO"
for engine in onnxruntime opencv; do
  run 0 bench run --model fastestdet --data "$SET/gts/pascalvoc_format" --images "$SET/images" --protocol voc --engine $engine \
    --table f.db --json
  jq -r .rows[0].map_50 "$OUT" > map.$engine
done
jq -ne --slurpfile a map.onnxruntime --slurpfile b map.opencv '($a[0] - $b[0]) | fabs < 0.002' >/dev/null ||
  fail "average precision: $(cat map.onnxruntime map.opencv)"
