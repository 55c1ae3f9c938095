# serve lambda --emulate: Lambda on this machine, with its limits. Functions here are scripts, which do what the event says.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
no_cloud
# zip_of NAME: the function NAME.zip of the script on stdin
zip_of() {
  mkdir -p "$1"
  cat > "$1/bootstrap"
  chmod +x "$1/bootstrap"
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1] + ".zip", "w").write(sys.argv[1] + "/bootstrap", "bootstrap")' "$1"
}
zip_of f << 'BOOTSTRAP'
#!/bin/bash
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
echo "this goes to the log"
while :; do
  event=$(curl -s -D /tmp/head "$api/invocation/next")
  id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: \([0-9a-f-]*\).*/\1/p' /tmp/head)
  answer() { curl -s -o /dev/null -w '%{http_code}' -H 'Expect:' --data-binary @- "$api/invocation/$id/$1"; }
  case $event in
  '"write"') { for f in /x /usr/x /var/task/x /tmp/x; do touch $f 2> /dev/null && echo "$f"; done | tr '\n' ' ' | jq -Rc .; } | answer response ;;
  '"tmp"') { head -c 600M /dev/zero > /tmp/big; stat --printf %s /tmp/big; rm /tmp/big; } 2> /dev/null | answer response ;;
  '"memory"') head -c 300M /dev/zero | tail -c 299M > /dev/null; echo 1 | answer response ;;
  '"sleep"') sleep 60 ;;
  '"exit"') exit 3 ;;
  '"killed"') kill -KILL $$ ;;
  '"error"') echo '{"errorMessage":"no","errorType":"My.Error"}' | answer error ;;
  '"large"') head -c 6291457 /dev/zero | tr '\0' 1 | answer response ;;
  '"largest"') head -c 6291456 /dev/zero | tr '\0' 1 | answer response ;;
  '"other"') id=other && echo 1 | answer response > /tmp/code; id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: \([0-9a-f-]*\).*/\1/p' /tmp/head) && answer response < /tmp/code ;;
  '"env"') { env | grep -E '^(AWS_|_HANDLER|LAMBDA_|MLOPSCTL_|MINE|HOME|PATH)' | sort | jq -Rsc 'split("\n")'; } | answer response ;;
  '"head"') tr -d '\r' < /tmp/head | grep -i '^Lambda-' | sed 's/Deadline-Ms: .*/Deadline-Ms/' | jq -Rsc 'split("\n")' | answer response ;;
  *) printf '%s' "$event" | answer response ;;
  esac
done
BOOTSTRAP

# Replies in order on stdout, reports and what the function prints on stderr.
echo '{"a":1}' > 1.json
printf '[1,{"b":"x"}]' > 2.json
printf '"first"\n\n"second"\n' > 3.jsonl
run 0 serve lambda --emulate 1.json 2.json 3.jsonl --package f.zip
[ "$(cat "$OUT")" = '{"a":1}
1
{"b":"x"}
"first"
"second"' ] || fail "replies"
err_has "this goes to the log"
err_has "1.json: REPORT RequestId: 00000000-0000-4000-8000-000000000001 Duration: "
err_has "2.json[1]: REPORT"
err_has "3.jsonl:3: REPORT"
[ "$(grep -c 'Init Duration' "$ERR")" = 1 ] || fail "more than one cold start"
echo '{"stdin":true}' | "$MLOPSCTL" serve lambda --emulate - --package f.zip > "$OUT" 2> "$ERR" || fail "an event of stdin"
json .stdin true

# What it sees is what Lambda shows it.
"$MLOPSCTL" serve lambda --emulate 1.json --package f.zip --json -q > "$OUT" 2> "$ERR" || fail "no reply"
SANDBOXED=$(jq .sandboxed "$OUT")
json '[.schema, .failed, .memory_mb, .timeout_s, .tmp_mb, (.events | length)] | tostring' '["mlopsctl.serve.lambda/1",0,2048,60,512,1]'
json '.events[0] | [.event, .status, (.duration_ms > 0), (.init_ms > 0), (.billed_ms >= .duration_ms + .init_ms), (.max_memory_mb > 0), .reply.a] | tostring' '["1.json","ok",true,true,true,true,1]'
echo '"env"' > env.json
echo '"head"' > head.json
MINE=1 NOT_MINE=1 AWS_REGION=eu-west-1 run 0 serve lambda --emulate env.json head.json --package f.zip --env MINE,ABSENT --memory-mb 256 -q
for line in AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256 _HANDLER=bootstrap MINE=1 AWS_REGION=eu-west-1 AWS_LAMBDA_RUNTIME_API=127.0.0.1: LAMBDA_TASK_ROOT=/ \
  Lambda-Runtime-Aws-Request-Id: Lambda-Runtime-Deadline-Ms Lambda-Runtime-Invoked-Function-Arn:; do
  out_has "\"$line"
done
out_lacks NOT_MINE
out_lacks '"HOME='
if [ "$SANDBOXED" = true ]; then
  printf '"write" "tmp"' | tr ' ' '\n' > disk.jsonl
  run 0 serve lambda --emulate disk.jsonl --package f.zip -q
  [ "$(cat "$OUT")" = '"/tmp/x "
536866816' ] || fail "what it could write" # 512 MB without a page that the last head takes
fi

# Each way to fail, in Lambda's words; after it the next event has a new process, if the old one is gone.
# failed EVENT STATUS TYPE MESSAGE INITS [OPTIONS]
failed() {
  local event=$1 status=$2 type=$3 message=$4 inits=$5
  shift 5
  printf '"%s"\n"after"\n' "$event" > e.jsonl
  run 1 serve lambda --emulate e.jsonl --package f.zip --json "$@"
  json '[.failed, .events[0].status, .events[0].reply.errorType, .events[0].reply.errorMessage, .events[1].reply, ([.events[] | select(.init_ms)] | length)] | tostring' \
    "[1,\"$status\",\"$type\",\"$message\",\"after\",$inits]"
}
ID='RequestId: 00000000-0000-4000-8000-000000000001 Error:'
failed sleep timed-out Sandbox.Timedout "$ID Task timed out after 1.00 seconds" 2 --timeout-s 1
json '.events[0].duration_ms | . >= 1000 and . < 3000' true
failed memory out-of-memory Runtime.OutOfMemory "$ID Runtime exited with error: signal: killed" 2 --memory-mb 128
run 0 serve lambda --emulate 1.json --package f.zip --memory-mb 128
failed exit exited Runtime.ExitError "$ID Runtime exited with error: exit status 3" 2
failed killed exited Runtime.ExitError "$ID Runtime exited with error: signal: killed" 2
failed error error My.Error no 1
failed large too-large Function.ResponseSizeTooLarge \
  "$ID Response payload size (6291457 bytes) exceeded maximum allowed payload size (6291456 bytes)." 1
printf '"largest"\n"other"\n' > e.jsonl
run 0 serve lambda --emulate e.jsonl --package f.zip -q
[ "$(wc -c < "$OUT")" = 6291461 ] || fail "the largest reply" # two line ends, and the status of a reply to nothing:
[ "$(tail -n 1 "$OUT")" = 400 ] || fail "another id was taken"
{
  printf '"'
  head -c 6291455 /dev/zero | tr '\0' x
  printf '"'
} > over.json
run 1 serve lambda --emulate over.json --package f.zip --json
json '.events[0] | [.status, .reply.errorType, .init_ms] | tostring' '["refused","RequestEntityTooLargeException",null]'

# What cannot start.
zip_of init << 'BOOTSTRAP'
#!/bin/bash
curl -s -d '{"errorMessage":"no model","errorType":"My.Init"}' "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/init/error" > /dev/null
exit 1
BOOTSTRAP
run 1 serve lambda --emulate 1.json --package init.zip --json
json '.events[0] | [.status, .reply.errorType, .reply.errorMessage, (.init_ms > 0)] | tostring' '["init-error","My.Init","no model",true]'
zip_of gone << 'BOOTSTRAP'
#!/bin/bash
BOOTSTRAP
run 1 serve lambda --emulate 1.json --package gone.zip --json
json '.events[0].reply.errorMessage' "$ID Runtime exited without providing a reason"
printf 'no program' | zip_of broken
run 1 serve lambda --emulate 1.json --package broken.zip
err_has "the function cannot be started"
chmod -x f/bootstrap
python3 -c 'import zipfile; zipfile.ZipFile("plain.zip", "w").write("f/bootstrap", "bootstrap"); zipfile.ZipFile("none.zip", "w").write("f/bootstrap", "x/bootstrap")'
run 1 serve lambda --emulate 1.json --package plain.zip
err_has "plain.zip: 'bootstrap' is not executable"
run 1 serve lambda --emulate 1.json --package none.zip
err_has "none.zip: has no 'bootstrap' at its top"
run 1 serve lambda --emulate 1.json --package 1.json
err_has "1.json: is no zip"
python3 -c 'import zipfile; zipfile.ZipFile("up.zip", "w").writestr("../bootstrap", "x")'
run 1 serve lambda --emulate 1.json --package up.zip
err_has "../bootstrap"

# Events that are none, and command lines.
: > empty.json
run 1 serve lambda --emulate empty.json --package f.zip
err_has "empty.json: is empty"
echo '{' > half.json
run 1 serve lambda --emulate half.json --package f.zip
err_has "half.json"
printf '1\n{\n' > half.jsonl
run 1 serve lambda --emulate half.jsonl --package f.zip
err_has "half.jsonl:2"
echo '[]' > list.json
run 1 serve lambda --emulate list.json --package f.zip
err_has "list.json: is a list without an event"
run 2 serve lambda --emulate --package f.zip
err_has "--emulate: there is no EVENT"
run 2 serve lambda --package f.zip
err_has "--package is for --emulate"
run 2 serve lambda 1.json --model det
err_has "an EVENT is for --emulate"
run 2 serve lambda --emulate 1.json
err_has "--model is missing"
for limit in "--memory-mb 127:128 to 10240" "--memory-mb 10241:128 to 10240" "--timeout-s 901:1 to 900" "--timeout-s 0:1 to 900" "--tmp-mb 511:512 to 10240"; do
  # shellcheck disable=SC2086 # an option and its value
  run 2 serve lambda --emulate 1.json --package f.zip ${limit%:*}
  err_has "is not from ${limit#*:}"
done

# A project's file may not name what is run, or what it is told.
for line in 'package: f.zip' 'env: [SECRET]'; do
  printf 'serve: {lambda: {%s}}\n' "$line" > mlops.yaml
  run 2 serve lambda --emulate 1.json
  err_has "'${line%%:*}' may not be set by a project's file"
done
rm mlops.yaml

# Without a zip the model is the function.
tiny_model det "$DET" detection fastestdet red
printf '{"image":"%s","name":"red.png"}\n{"what":1}\n' "$RED" > pictures.jsonl
run 1 serve lambda --model det --emulate pictures.jsonl --engine opencv
[ "$(head -n 1 "$OUT" | jq -c '[.image, .detections[0].label]')" = '["red.png","red"]' ] || fail "no detection"
[ "$(tail -n 1 "$OUT" | jq -r .errorType)" = Function.BadInput ] || fail "no error"
# Requests to the function's URL: a picture as it is, a direct call, and bad ones, which are no errors of the function.
url_event() { # METHOD BODY BASE64
  printf '{"version":"2.0","rawPath":"/","headers":{"content-type":"image/png"},"requestContext":{"http":{"method":"%s"}},"body":%s,"isBase64Encoded":%s}\n' "$@"
}
{
  url_event POST "\"$RED\"" true
  url_event POST "$(jq -Rn --arg image "$RED" '{image: $image} | tojson')" false
  url_event GET '""' false
  url_event POST '"no picture"' false
  url_event POST "\"$(echo "$RED" | base64 -d | head -c 60 | base64 -w0)\"" true
} > requests.jsonl
run 0 serve lambda --model det --emulate requests.jsonl --engine opencv
[ "$(jq -c '[.image, .detections[0].label // null]' "$OUT" | head -n 2 | sort -u)" = '["image","red"]' ] || fail "no detection for a request"
[ "$(jq -c .statusCode "$OUT" | tr '\n' ' ')" = 'null null 405 400 400 ' ] || fail "statuses"
[ "$(sed -n 3p "$OUT" | jq -r .headers.allow)" = POST ] || fail "no Allow"
sed -n 4p "$OUT" | jq -e '.body | fromjson | .error' > /dev/null || fail "no error in the body"
run 1 serve lambda --model det --emulate pictures.jsonl --lookup students
out_has "--lookup: 'students' is no table of DynamoDB"
run 1 serve lambda --model none --emulate pictures.jsonl --json
json '.events[0] | [.status, .reply.errorType] | tostring' '["init-error","Runtime.InitError"]'
# Of a clip the frame in its middle.
run 0 capture 'pattern:shapes?seed=3&size=320x240&fps=30&seconds=1' -o clips --clips 500ms
printf '{"image":"%s","name":"clip"}\n{"image":"%s","name":"half.mp4"}\n' "$(base64 -w0 clips/clip000000.mp4)" "$(head -c 500 clips/clip000000.mp4 | base64 -w0)" > clips.jsonl
run 1 serve lambda --model "$MLOPSCTL_SOURCE/examples/shapes/model" --emulate clips.jsonl --json
json '.events[0].reply | [.image, .width, .height, (.time_s > 0.23 and .time_s < 0.24), (.detections | length > 0)] | tostring' '["clip",320,240,true,true]'
json '.events[1].reply | [.errorType, (.errorMessage | startswith("half.mp4"))] | tostring' '["Function.BadInput",true]'
CLIP=$(jq -c '[.events[0].reply.detections[].label] | sort' "$OUT")
run 0 capture clips/clip000000.mp4 -o frames --every 1 --quality 100
printf '{"image":"%s"}' "$(base64 -w0 frames/frame000007.jpg)" > frame.json
run 0 serve lambda --model "$MLOPSCTL_SOURCE/examples/shapes/model" --emulate frame.json
[ "$(jq -c '[.detections[].label] | sort' "$OUT")" = "$CLIP" ] || fail "another frame than the eighth of fifteen"

# A schedule's event measures it: its row is in the reply, for the same event under the same id.
red_set 3
echo '{"detail-type":"Scheduled Event","id":"e-1"}' > time.json
run 0 serve lambda --model det --data t.manifest --emulate time.json --json
json '.events[0].reply | [.new, .row.map_50, .row.images, .row.note] | tostring' '[null,1,3,"event e-1"]'
ID=$(jq -r '.events[0].reply.id' "$OUT")
run 0 serve lambda --model det --data t.manifest --emulate time.json --json
json '.events[0].reply.row.id' "$ID"
run 1 serve lambda --model det --emulate time.json
out_has "event: it is time, and nothing is to be done"
echo '{"detail-type":"Scheduled Event"}' > time.json
run 1 serve lambda --model det --data t.manifest --emulate time.json
out_has "event has no 'id'"
[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'mlopsctl-*' -newer 1.json -user "$(id -u)")" ] || fail "temporary folders stay"
