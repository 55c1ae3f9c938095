# A function as package lambda makes it, started by its bootstrap as Lambda does: against a runtime API that is not ours, and in the
# emulator.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
no_cloud
[ -e /usr/share/doc/libc6/copyright ] || { echo "SKIPPED: needs /usr/share/doc"; exit 77; }
tiny_model det "$DET" detection fastestdet red
run 0 package runtime --with-opencv --without-onnxruntime -o runtime.tar.gz
run 0 package model det -o det.tar.gz
run 0 package lambda det.tar.gz --runtime runtime.tar.gz -o f.zip
mkdir task
unzip -q f.zip -d task

printf '{"image":"%s","name":"red.png"}' "$RED" > 1.json
printf '{"image":"%s"}' "$BLUE" > 2.json
echo '{"Service":"Amazon S3","Event":"s3:TestEvent"}' > 3.json
echo '{"image":"bm8gcGljdHVyZQ=="}' > 4.json
echo '{"what":1}' > 5.json
cp 1.json 6.json
start python3 "$HERE/lambda_api.py" log 1.json 2.json 3.json 4.json 5.json 6.json > port
wait_for port
lambda() { (cd / && AWS_LAMBDA_RUNTIME_API=127.0.0.1:$(cat "$WORK/port") exec timeout 60 "$WORK/task/bootstrap") > "$OUT" 2> "$ERR"; }
lambda &
FUNCTION=$!
wait_for log 6
kill -TERM $FUNCTION
wait $FUNCTION
jq -c . log > "$OUT"
[ "$(wc -l < "$OUT")" = 6 ] || fail "not every invocation was answered"
answer() { # LINE EXPR VALUE
  local got
  got=$(sed -n "$1p" log | jq -rc "$2")
  [ "$got" = "$3" ] || fail "answer $1: $2 is '$got', expected '$3'"
}
answer 1 .path invocation/request-1/response
answer 1 '.body | [.image, .width, .height, (.detections | length), .detections[0].label]' '["red.png",16,8,1,"red"]'
answer 2 '.body | [.image, (.detections | length)]' '["image",0]'
answer 3 '[.path, .body.pictures]' '["invocation/request-3/response",[]]'
answer 4 '[.path, .type]' '["invocation/request-4/error","Function.BadInput"]'
answer 5 '.body.errorMessage | contains("of no kind that is known here")' true
answer 6 '.body.detections | length' 1

# A function that cannot start says so to Lambda.
head -c 100 task/model > part && mv part task/model
: > log
lambda && fail "a function with half a model started"
jq -c . log > "$OUT"
json '[.path, .type, (.body.errorMessage | contains("model: has the digest"))]' '["init/error","Runtime.InitError",true]'
run 2 serve lambda --model det
err_has "AWS_LAMBDA_RUNTIME_API is not set: this is no Lambda function"
run 2 serve lambda --model s3://b/m.tar.gz
err_has "is not taken without --model-digest"

# In the emulator it needs nothing but what is in it, and starts at once.
printf '{"image":"%s","name":"red.png"}\n{"image":"bm8gcGljdHVyZQ=="}\n{"image":"%s"}\n' "$RED" "$BLUE" > pictures.jsonl
run 1 serve lambda --package f.zip --emulate pictures.jsonl --json --memory-mb 256
json '[.events[].status]' '["ok","error","ok"]'
json '.events[0].reply | [.image, .detections[0].label]' '["red.png","red"]'
json '.events[1].reply.errorType' Function.BadInput
json '.events[0] | .init_ms + .duration_ms < 1000' true # a tenth of it, where nothing else runs
json '[.events[1:][].init_ms]' '[null,null]'
# What the model is does not depend on where it lies: the zip beside this program with the same model.
jq -c '[.events[0,2].reply.detections]' "$OUT" > zip.json
run 1 serve lambda --model det.tar.gz --emulate pictures.jsonl --json --engine opencv
diff <(jq -c '[.events[0,2].reply.detections]' "$OUT") zip.json || fail "another answer"
