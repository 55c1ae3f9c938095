# capture --sources with cameras on the network: Motion JPEG over HTTP, of which one server is killed and another comes back.
. "$(dirname "$0")/../cli/lib.sh"
cat > camera.py <<'PY'
# camera.py FOLDER PORT: the pictures of FOLDER as Motion JPEG, 20 a second, without end.
import http.server, os, sys, time
pictures = [open(os.path.join(sys.argv[1], name), 'rb').read() for name in sorted(os.listdir(sys.argv[1])) if name.endswith('.jpg')]
class Camera(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'multipart/x-mixed-replace; boundary=next')
        self.end_headers()
        try:
            while True:
                for picture in pictures:
                    self.wfile.write(b'--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n' % len(picture) + picture + b'\r\n')
                    time.sleep(0.05)
        except OSError:
            pass
http.server.ThreadingHTTPServer.allow_reuse_address = True
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2])), Camera)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
PY
for colour in 1 2 3; do run 0 capture "pattern:shapes?seed=$colour&size=320x240&seconds=1" -o seed$colour; done
pids=()
camera() { # NUMBER [PORT]
  rm -f port$1
  start python3 camera.py seed$1 "${2:-0}" > port$1
  pids[$1]=$!
  wait_for port$1
}
for number in 1 2 3; do camera $number; done
cat > cameras.yaml <<YAML
defaults: {every: 200ms, duration: 6s}
sources:
  - {name: steady, source: 'http://me:canary@127.0.0.1:$(cat port1)/?key=canary'}
  - {name: killed, source: 'http://127.0.0.1:$(cat port2)/', max-gap: 1}
  - {name: back, source: 'http://127.0.0.1:$(cat port3)/', max-gap: 20}
YAML
"$MLOPSCTL" capture --sources cameras.yaml -o site --json > "$OUT" 2> "$ERR" < /dev/null &
pid=$!
for name in steady killed back; do
  for _ in $(seq 500); do [ ! -e site/$name/frame000001.jpg ] || break; sleep 0.02; done
done
kill -9 "${pids[2]}" "${pids[3]}"
sleep 1
camera 3 "$(cat port3)"
got=0
wait $pid || got=$?
[ $got -eq 1 ] || fail "exit $got, expected 1"
json '[.sources[] | .ok]' '[true,false,true]'
json '.sources[0].frames_kept >= 25 and .sources[0].frames_read >= 80' true
json '.sources[1] | [(.error | test("127.0.0.1:[0-9]+/: stopped after .* did not come back within 1 s")), .frames_kept >= 2]' '[true,true]'
json '.sources[1].frames_kept' "$(ls site/killed/*.jpg | wc -l)"
json '[.sources[2].problems[] | .rule]' '["stream-gap"]'
err_has "killed: failed: http://127.0.0.1:$(cat port2)/: stopped after"
grep -q "^warning: back: http://127.0.0.1:$(cat port3)/: .*; trying again for 20 s" "$ERR" || fail "nothing is said of the one that comes back"
! grep -rq canary "$OUT" "$ERR" site || fail "a password is shown or stored"
for name in steady killed back; do
  [ "$(ls site/$name/*.jpg | wc -l)" -eq "$(jq -s 'map(select(.kept)) | length' site/$name/frames.jsonl)" ] || fail "$name: journal and frames differ"
done

# Ctrl-C while two are there and one is away.
sed -i 's/max-gap: 1}/max-gap: 600}/; s/, duration: 6s//' cameras.yaml
camera 2 "$(cat port2)"
"$MLOPSCTL" capture --sources cameras.yaml -o again > "$OUT" 2> "$ERR" < /dev/null &
pid=$!
for name in steady killed back; do
  for _ in $(seq 500); do [ ! -e again/$name/frame000001.jpg ] || break; sleep 0.02; done
done
kill -9 "${pids[2]}"
sleep 0.5
kill -INT $pid
got=0
wait $pid || got=$?
[ $got -eq 130 ] || fail "exit $got after Ctrl-C"
for name in steady killed back; do
  err_has "$name: stopped: "
  [ "$(ls again/$name/*.jpg | wc -l)" -eq "$(jq -s 'map(select(.kept)) | length' again/$name/frames.jsonl)" ] || fail "$name: journal and frames differ"
done
