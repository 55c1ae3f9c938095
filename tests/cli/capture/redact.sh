# --redact faces: what the model finds is unrecognisable in everything that is written. The model of examples/shapes, whose circles are called faces here.
. "$(dirname "$0")/../lib.sh"
P='pattern:shapes?seed=7&size=320x240&fps=5&seconds=2'
cp -r "$MLOPSCTL_SOURCE/examples/shapes/model" shapes
run 2 capture "$P" -o o --redact faces
err_has "--redact faces: needs a model that finds them; pass --redact-model PATH, such as YuNet with a model.yaml by 'mlopsctl package describe'"
run 2 capture "$P" -o o --redact-model shapes
err_has "--redact-model: nothing is redacted without --redact; pass --redact faces"
run 2 capture "$P" -o o --redact hats --redact-model shapes
err_has "hats"
run 2 capture "$P" -o o --set decoder.score_threshold=0.1
err_has "--set: changes a model's settings, and there is no model"
run 2 capture "$P" -o o --redact faces --redact-model shapes
err_has "shapes: none of its labels is 'face': circle, square, triangle; give a model that detects faces"
run 1 capture "$P" -o o --redact faces --redact-model nowhere
err_has "nowhere"
sed 's/circle/surface/' shapes/model.yaml > model.yaml && mkdir surface && cp shapes/shapes.onnx surface/ && mv model.yaml surface/
run 2 capture "$P" -o o --redact faces --redact-model surface
err_has "none of its labels is 'face': surface, square, triangle"
[ ! -e o ] || fail "a refused capture left its folder"

cp -r shapes faces && chmod -R u+w faces && sed -i 's/circle/person-face/' faces/model.yaml
run 0 capture "$P" -o plain
run 0 capture "$P" -o redacted --redact faces --redact-model faces --report page.html --json
faces=$(jq .redacted "$OUT")
[ "$faces" -ge 10 ] || fail "$faces faces in ten frames with circles"
[ "$(jq -s 'map(.redacted) | add' redacted/frames.jsonl)" -eq "$faces" ] || fail "the journal counts other faces"
run 0 infer --model faces plain -o found.jsonl -q
found() { jq -s '[.[].detections[] | select(.label == "person-face")] | length' found.jsonl; }
[ "$(found)" -ge 10 ] || fail "the model finds no circles to begin with"
run 0 infer --model faces redacted -o found.jsonl -q --overwrite
[ "$(found)" -eq 0 ] || fail "the model still finds $(found) circles"
jq -e '[.detections[] | select(.label != "person-face")] | length > 0' found.jsonl > /dev/null || fail "what is no face is gone, too"
run 0 capture "$P" -o redacted2 --redact faces --redact-model faces --jobs 1
out_has "; redacted: $faces faces"
for file in redacted2/*; do [ "$file" = redacted2/capture.json ] || cmp "$file" "redacted/$(basename "$file")" || fail "--jobs changed $file"; done

# Clips and the picture of each: nothing in either is a face to the same detector, also frame by frame.
run 0 capture "$P" -o plain-clips --clips 500ms --frame-of-clip middle
run 0 capture "$P" -o clips --clips 500ms --frame-of-clip middle --redact faces --redact-model faces --json
json '.clips_written' 4
[ "$(jq .redacted "$OUT")" -ge 10 ] || fail "no face was found in the clips"
for clips in plain-clips clips; do
  rm -f found.jsonl
  run 0 infer --model faces $clips/*.mp4 -o found.jsonl -q
  [ "$(wc -l < found.jsonl)" -eq 10 ] || fail "$clips have $(wc -l < found.jsonl) frames"
  count=$(found)
  [ $clips = plain-clips ] || [ "$count" -eq 0 ] || fail "the model still finds $count circles in the clips"
  [ $clips = clips ] || [ "$count" -ge 10 ] || fail "the model finds no circles in clips to begin with"
  mkdir $clips.pictures && cp $clips/*.jpg $clips.pictures/
  run 0 infer --model faces $clips.pictures -o found.jsonl -q --overwrite
  count=$(found)
  [ $clips = plain-clips ] || [ "$count" -eq 0 ] || fail "the model still finds $count circles in the pictures of clips"
  [ $clips = clips ] || [ "$count" -ge 4 ] || fail "the model finds no circles in the pictures of clips to begin with"
done

# Every file that is opened for writing ends as one of those looked at above, so no other ever held a frame.
if ! command -v strace > /dev/null || ! strace -o trace true 2> "$ERR"; then
  echo "SKIPPED: which files are opened for writing: needs strace (scripts/setup.sh) and the right to trace"
else
  strace -f -o trace -e trace=open,openat,creat "$MLOPSCTL" capture plain -o traced --redact faces --redact-model faces > "$OUT" 2> "$ERR" || fail "the traced capture"
  grep -E 'O_WRONLY|O_RDWR|creat\(' trace | grep -v ENOENT | sed -E 's/.*"([^"]*)".*/\1/' | sort -u > written
  grep -q '^.frame.tmp$' written || fail "the trace shows no frame being written"
  others=$(grep -vE '^\.frame\.tmp$|^(/.*/)?traced/(\.owner\.json|frames\.jsonl|capture\.json|\.capture\.json\..*)$|^/dev/|\.cache/mlopsctl/' written)
  [ -z "$others" ] || fail "also written: $others"
  run 0 infer --model faces traced -o found.jsonl -q --overwrite
  [ "$(found)" -eq 0 ] || fail "the traced capture left $(found) circles"
fi

# --resume goes on with the same model, or not at all.
run 2 capture "$P" -o redacted --resume
err_has 'redacted: was captured with redact "faces by sha256:'
err_has "now it is null"
run 2 capture "$P" -o redacted --resume --redact faces --redact-model faces --set decoder.score_threshold=0.5
err_has "now it is \"faces by sha256:"
run 2 capture "$P" -o plain --resume --redact faces --redact-model faces
err_has "plain: was captured with redact null"
head -n 4 redacted/frames.jsonl > kept && cp kept redacted/frames.jsonl && rm redacted/frame00000[4-9].jpg
run 0 capture "$P" -o redacted --resume --redact faces --redact-model faces --json
json .redacted "$faces"
cmp redacted/frame000009.jpg redacted2/frame000009.jpg || fail "--resume gives other frames"
