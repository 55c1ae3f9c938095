# The zip of package lambda in the emulator: it needs nothing but what is in it, and starts fast. And a function that is slow to
# start, which Lambda starts twice.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
no_cloud
[ -e /usr/share/doc/libc6/copyright ] || { echo "SKIPPED: needs /usr/share/doc"; exit 77; }
tiny_model det "$DET" detection fastestdet red
run 0 package runtime --with-opencv --without-onnxruntime -o runtime.tar.gz
run 0 package model det -o det.tar.gz
run 0 package lambda det.tar.gz --runtime runtime.tar.gz -o f.zip
printf '{"image":"%s","name":"red.png"}\n{"image":"bm8gcGljdHVyZQ=="}\n{"image":"%s"}\n' "$RED" "$BLUE" > pictures.jsonl
run 1 serve lambda --package f.zip --emulate pictures.jsonl --json --memory-mb 256
json '[.events[].status]' '["ok","error","ok"]'
json '.events[0].reply | [.image, .detections[0].label]' '["red.png","red"]'
json '.events[1].reply.errorType' Function.BadInput
json '.events[0] | .init_ms + .duration_ms < 250' true
json '[.events[1:][].init_ms]' '[null,null]'
# What the model is does not depend on where it lies: the zip beside this program with the same model.
jq -c '[.events[0,2].reply.detections]' "$OUT" > zip.json
run 1 serve lambda --model det.tar.gz --emulate pictures.jsonl --json --engine opencv
diff <(jq -c '[.events[0,2].reply.detections]' "$OUT") zip.json || fail "another answer"

# slow SECONDS: a function that takes so long to ask for its first event
slow() {
  mkdir -p slow
  printf '#!/bin/bash\nsleep %s\napi=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation\ncurl -s -D /tmp/head $api/next > /tmp/event\nid=$(sed -n "s/^Lambda-Runtime-Aws-Request-Id: \\([0-9a-f-]*\\).*/\\1/p" /tmp/head)\ncurl -s -d 1 $api/$id/response > /dev/null\nexec curl -s $api/next\n' "$1" > slow/bootstrap
  chmod +x slow/bootstrap
  python3 -c 'import zipfile; zipfile.ZipFile("slow.zip", "w").write("slow/bootstrap", "bootstrap")'
}
echo '{}' > 1.json
slow 11
run 0 serve lambda --package slow.zip --emulate 1.json --json --timeout-s 20
err_has "INIT_REPORT: the function was not ready after 10 s; it is started once more, in the time of the invocation"
json '.events[0] | [.status, .init_ms, (.duration_ms > 11000 and .duration_ms < 20000)] | tostring' '["ok",null,true]'
run 1 serve lambda --package slow.zip --emulate 1.json --json --timeout-s 1
json '.events[0] | [.status, (.reply.errorMessage | endswith("Task timed out after 1.00 seconds"))] | tostring' '["timed-out",true]'
