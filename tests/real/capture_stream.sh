# Video over HTTP: a whole one, one that is not there, one that stalls; and Ctrl-C while nothing comes.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video
cat >server.py <<'PY'
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def do_GET(self):
        try:
            data = open(sys.argv[1] + self.path.replace('/stall', ''), 'rb').read()
        except OSError:
            return self.send_error(404)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data[:60000] if self.path.startswith('/stall') else data)
        self.wfile.flush()
        time.sleep(300 if self.path.startswith('/stall') else 0)
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_address[1], flush=True)
server.daemon_threads = True
server.serve_forever()
PY
python3 server.py "$SHARED/data/real/video" >port 2>server.log &
server=$!
trap 'kill $server; rm -rf "$WORK"' EXIT
for _ in $(seq 500); do [ ! -s port ] || break; sleep 0.02; done
URL=http://127.0.0.1:$(cat port)
run 0 capture "$URL/asl_help.mkv" -o whole --fps 5 --json
json .frames_read 58
run 0 capture "$SHARED/data/real/video/asl_help.mkv" -o file --fps 5
cmp whole/frame000007.jpg file/frame000007.jpg || fail "a stream gives other pixels than the file"
run 1 capture "http://someone:canary@${URL#http://}/missing.mkv" -o missing
err_has "$URL/missing.mkv: cannot be opened: Server returned 404 Not Found"
run 2 capture "$URL/asl_help.mkv" -o some --at-most 3
err_has "$URL/asl_help.mkv: has no known end to spread --at-most over"
run 2 capture "$URL/asl_help.mkv" -o whole --fps 5 --resume
err_has "a live source cannot be resumed"
"$MLOPSCTL" capture "$URL/stall/asl_help.mkv" -o stalled >"$OUT" 2>"$ERR" &
pid=$!
for _ in $(seq 500); do [ ! -e stalled/frame000003.jpg ] || break; sleep 0.02; done
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "Ctrl-C while waiting for the network"
err_has "frames are kept in stalled"
[ "$(ls stalled/*.jpg | wc -l)" -eq "$(wc -l <stalled/frames.jsonl)" ] || fail "journal and frames differ"
