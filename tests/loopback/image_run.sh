# An image of the real runtime and a model, fetched apart by umoci, started where nothing else is, and asked for a detection over HTTP.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
for tool in umoci curl dpkg-query; do
  command -v $tool > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$tool is not installed: tests/run.sh does that"
  echo "SKIPPED: needs $tool"
  exit 77
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: chroot needs root"; exit 77; }
[ -e /usr/share/doc/libc6/copyright ] || { echo "SKIPPED: needs /usr/share/doc, of which bundles are made"; exit 77; }

run 0 package runtime -o runtime.tar.gz --with-opencv --without-onnxruntime
run 0 package image "$HERE/../../examples/shapes/model" -o layout --runtime runtime.tar.gz --tag shapes:1
run 0 package verify layout
umoci unpack --image layout:1 box > "$OUT" 2>&1 || fail "umoci"

# As a container engine does it: the user and the words of the image, its root, and a port of ours.
jq -e '.process.args == ["/opt/mlopsctl/bin/launch", "serve", "http", "--model", "/opt/model"] and .process.user.uid == 65534' box/config.json > "$OUT" ||
  fail "what would be started: $(jq -c .process box/config.json)"
chmod o+x "$WORK" box
start chroot --userspec=65534:65534 box/rootfs /opt/mlopsctl/bin/launch serve http --model /opt/model --listen 127.0.0.1:0 > said 2>&1
for _ in $(seq 100); do
  grep -q '^ready: ' said && break
  sleep 0.1
done
grep -q '^ready: shapes-detector 1 on opencv' said || fail "not ready: $(cat said)"
service=$(sed -n 's/^listening on //p' said)

run 0 capture 'pattern:shapes?seed=9&seconds=1' -o frames --every 10
curl -s --data-binary @frames/frame000000.jpg "$service/predict" > "$OUT" || fail "no reply"
json '.detections | length > 2' true
run 0 infer frames/frame000000.jpg --model "$HERE/../../examples/shapes/model" --engine opencv
jq -c '[.detections[].label]' "$OUT" > here
curl -s --data-binary @frames/frame000000.jpg "$service/predict" | jq -c '[.detections[].label]' > there
cmp here there || fail "the image sees $(cat there), this machine $(cat here)"
kill "${STARTED##* }"
for _ in $(seq 50); do
  curl -s -o "$OUT" "$service/healthz" || break
  sleep 0.1
done
! curl -s -o "$OUT" "$service/healthz" || fail "it goes on after SIGTERM"
