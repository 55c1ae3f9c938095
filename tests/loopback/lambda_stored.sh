# A function that S3 notifies: pictures are fetched from a real store, and what was seen becomes an item once, however often the
# event comes. The model comes from the store, too, as the template's environment names it.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
. "$HERE/lib.sh"
start_dynalite
export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$DYNAMO_PORT
dynamo CreateTable '{"TableName":"gestures","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"Gesture ID","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"Gesture ID","AttributeType":"S"}]}' > made
grep -q TableDescription made || fail "the table was not made: $(cat made)"

tiny_model det "$DET" detection fastestdet red
run 0 package model det -o det.tar.gz
echo "$RED" | base64 -d > red.png
run 0 store cp det.tar.gz s3://bucket/models/det.tar.gz
run 0 store cp red.png 's3://bucket/images/frame A (1).png'
record() { # NAME KEY SEQUENCER
  printf '{"eventSource":"aws:s3","eventName":"%s","s3":{"bucket":{"name":"bucket"},"object":{"key":"%s","eTag":"e","sequencer":"%s"}}}' "$@"
}
echo "{\"Records\":[$(record ObjectCreated:Put images/frame+A+%281%29.png 1)]}" > 1.json
cp 1.json 2.json # the same event once more
echo "{\"Records\":[$(record ObjectRemoved:Delete images/x.png 1),$(record ObjectCreated:Put images/frame+A+%281%29.png 2)]}" > 3.json
echo "{\"Records\":[$(record ObjectCreated:Put images/missing.png 1)]}" > 4.json
echo '{"detail-type":"Object Created","detail":{"bucket":{"name":"bucket"},"object":{"key":"images/frame A (1).png","etag":"e","sequencer":"2"}}}' > 5.json
start python3 "$HERE/lambda_api.py" log 1.json 2.json 3.json 4.json 5.json > port
wait_for port
export MLOPSCTL_SERVE_LAMBDA_MODEL=s3://bucket/models/det.tar.gz MLOPSCTL_SERVE_LAMBDA_TABLE=dynamodb://gestures
export MLOPSCTL_SERVE_LAMBDA_PARTITION_KEY='Gesture ID' MLOPSCTL_SERVE_LAMBDA_RETENTION_DAYS=30
function_of() { MLOPSCTL_SERVE_LAMBDA_MODEL_DIGEST=$1 AWS_LAMBDA_RUNTIME_API=127.0.0.1:$(cat port) exec timeout 60 "$MLOPSCTL" serve lambda; }
DIGEST=sha256:$(sha256sum det.tar.gz | cut -d' ' -f1)
function_of "$DIGEST" > "$OUT" 2> "$ERR" &
FUNCTION=$!
wait_for log 5
kill -TERM $FUNCTION
wait $FUNCTION
[ $? = 143 ] || fail "it did not end with 143"
answers() { jq -sc "$1" log; }
[ "$(answers '[.[] | .path | split("/")[2]]')" = '["response","response","response","error","response"]' ] || fail "answers: $(cat log)"
[ "$(answers '[.[].body.pictures[0].new]')" = '[true,false,true,null,false]' ] || fail "what was new: $(cat log)"
[ "$(answers '.[0].body.pictures[0].image')" = '"s3://bucket/images/frame A (1).png"' ] || fail "the picture's name"
[ "$(answers '.[3].type')" = '"Function.Remote"' ] || [ "$(answers '.[3].type')" = '"Function.BadInput"' ] || fail "a picture that is not there"
dynamo Scan '{"TableName":"gestures"}' > "$OUT"
json .Count 2
json '[.Items[] | .detections.L[0].M.label.S] | tostring' '["red","red"]'
json '[.Items[] | (.expires_at.N | tonumber) - now | . > 2591000 and . < 2592001] | tostring' '[true,true]'
json '[.Items[]["Gesture ID"].S | length] | tostring' '[64,64]'

# Another model than the one that was meant is not started.
: > log
(function_of "sha256:$(printf '%064d' 0)") > "$OUT" 2> "$ERR" && fail "another model was taken"
err_has "s3://bucket/models/det.tar.gz: has the digest $DIGEST"
[ "$(jq -r .path log)" = init/error ] || fail "Lambda was not told"
