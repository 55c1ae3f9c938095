# A function that is slow to start in the emulator: Lambda starts it twice.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
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
