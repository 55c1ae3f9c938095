# serve http: every way to send a picture, every refusal; after each the next request is answered.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=3&size=320x240&fps=2&seconds=1' -o frames
PICTURE=$(find "$PWD/frames" -name '*.jpg' | sort | head -n 1)
base64 -w0 "$PICTURE" > picture.b64
# serve NAME ARGS...: a service; its address in $URL once it is ready.
serve() {
  local name=$1
  shift
  start "$MLOPSCTL" serve http --model "$MODEL" --listen "${LISTEN:-127.0.0.1:0}" --threads 1 "$@" > "$name.log" 2> "$name.err"
  PID=${STARTED##* }
  for _ in $(seq 200); do
    grep -q '^ready' "$name.log" && break
    kill -0 "$PID" 2>/dev/null || { cat "$name.err"; fail "the service ended"; }
    sleep 0.05
  done
  URL=$(sed -n 's/^listening on //p' "$name.log")
}
# ask STATUS CURL-ARGS...: body in $OUT, head in head.txt.
ask() {
  local want=$1 got
  shift
  got=$(curl -s --max-time 20 -o "$OUT" -D head.txt -w '%{http_code}' "$@") || fail "curl exit $?: $*"
  [ "$got" = "$want" ] || fail "status $got, expected $want: $*"
}
head_has() { grep -qiF -- "$1" head.txt || { cat head.txt; fail "the head lacks: $1"; }; }
ends() { # RC SIGNAL: how the service ends
  local got=0
  kill "-$2" "$PID"
  wait "$PID" || got=$?
  [ "$got" = "$1" ] || fail "the service ended with $got, not $1"
}

# What would be served to the wrong people, or not at all.
run 2 serve http --model "$MODEL" --listen 0.0.0.0:0
err_has "--listen: 0.0.0.0 is reached by other machines, and there is no --token-file and no TLS; pass --token-file"
run 2 serve http --model "$MODEL" --listen here
err_has "--listen: 'here' is not ADDRESS:PORT; such as 127.0.0.1:8080"
run 2 serve http --model "$MODEL" --tls-cert a.pem
err_has "--tls-cert: there is no --tls-key"
run 2 serve http --model "$MODEL" --queue 0
err_has "--queue: 0 is not from 1 to"
run 2 serve http --model "$MODEL" --box-order xyxy
err_has "--box-order is for --layout bounding-boxes"
echo short > token
run 1 serve http --model "$MODEL" --listen 127.0.0.1:0 --token-file token
err_has "--token-file: token: not one line of 16 to 1024 visible ASCII characters"
run 1 serve http --model "$MODEL" --listen 127.0.0.1:0 --tls-cert token --tls-key token
err_has "--tls-cert: token: "
run 1 serve http --model nowhere --listen 127.0.0.1:0
err_has "nowhere"
cp -r "$MODEL" classifier && sed -i 's/task: detection/task: classification/; s/kind: yolov8/kind: classification/' classifier/model.yaml
sed -i '/^digests:/,$d' classifier/model.yaml
run 2 serve http --model classifier --listen 127.0.0.1:0 --layout bounding-boxes
err_has "--layout bounding-boxes: classifier finds no boxes; leave --layout out"
printf 'serve: {http: {listen: 0.0.0.0:1}}\n' > mlops.yaml
run 2 serve http --model "$MODEL"
err_has "'listen' may not be set by a project's file"
rm mlops.yaml

# One picture in every way gives the same as infer.
serve plain --limit request-bytes=200000 --limit pixels=100000 --client-timeout 1s
run 2 serve http --model "$MODEL" --listen "${URL#http://}"
err_has "Address already in use; give an address of this machine and a port that is free"
run 0 infer "$PICTURE" --model "$MODEL" -o one.jsonl --no-timing
want=$(jq -c .detections one.jsonl)
[ "$(jq length <<< "$want")" -gt 0 ] || fail "nothing was found"
same() { ask 200 "$@"; [ "$(jq -c .detections "$OUT")" = "$want" ] || fail "another answer: $*"; }
same --data-binary "@$PICTURE" "$URL/predict"
head_has 'Server-Timing: receive;dur='
json '.timing_ms | keys | join(" ")' 'decode infer postprocess preprocess queue'
same -H 'Content-Type: image/jpeg' --data-binary "@$PICTURE" "$URL/api/detect"
same -H 'Transfer-Encoding: chunked' --data-binary "@$PICTURE" "$URL/predict"
same -F "image=@$PICTURE" "$URL/predict"
json .image "$(basename "$PICTURE")"
same -F text=first -F "images=@$PICTURE" "$URL/predict"
same -F 'images=<picture.b64' "$URL/predict"
same --data-urlencode images@picture.b64 "$URL/api/detect"
same -H 'Content-Type: text/plain' --data-binary @picture.b64 "$URL/predict"
jq -Rc '{name: "a.jpg", image: .}' picture.b64 > object.json
same -H 'Content-Type: application/json' --data-binary @object.json "$URL/predict"
json .image a.jpg
jq -Rc '{images: [("data:image/jpeg;base64," + . | gsub("\\+"; "-") | gsub("/"; "_") | sub("=+$"; ""))]}' picture.b64 | sed 's/image_jpeg/image\/jpeg/' > list.json
same -H 'Content-Type: application/json' --data-binary @list.json "$URL/predict"
fold -w 76 picture.b64 > lines.b64
same -F 'file=<lines.b64' "$URL/predict"

# What is refused, and how.
ask 404 "$URL/nothing"
json '[.status, .error, .hint] | join("|")' '404|there is nothing at /nothing|pictures go to POST /predict'
ask 405 -X DELETE "$URL/predict"
head_has 'Allow: POST'
ask 405 -X POST -d x "$URL/metrics"
head_has 'Allow: GET, HEAD'
refused() { # STATUS TEXT CURL-ARGS...
  local status=$1 text=$2
  shift 2
  ask "$status" "$@"
  out_has "$text"
}
refused 400 "the request has no body" -X POST "$URL/predict"
refused 400 "the field is neither a picture nor base64 of one" -H 'Content-Type: image/jpeg' --data-binary '!!' "$URL/predict"
refused 400 "the form has no field" -F other=1 "$URL/predict"
refused 400 "the form has no field" -d a=b "$URL/predict"
refused 400 "multipart: the Content-Type has no boundary" -H 'Content-Type: multipart/form-data' -d x "$URL/predict"
refused 400 "multipart: part 1 does not end" -H 'Content-Type: multipart/form-data; boundary=a' \
  --data-binary $'--a\r\nContent-Disposition: form-data; name="image"\r\n\r\nx' "$URL/predict"
refused 400 "JSON: " -H 'Content-Type: application/json' -d '{"image": ' "$URL/predict"
refused 400 "has no member 'image'" -H 'Content-Type: application/json' -d '{"picture": ""}' "$URL/predict"
refused 400 "'images' has 2 pictures" -H 'Content-Type: application/json' -d '{"images": ["", ""]}' "$URL/predict"
refused 400 "'image' is not a text" -H 'Content-Type: application/json' -d '{"image": 1}' "$URL/predict"
refused 400 "this service fetches nothing" -H 'Content-Type: application/json' -d '{"image": "http://10.0.0.1/a.jpg"}' "$URL/predict"
refused 415 "Content-Encoding gzip is not understood" -H 'Content-Encoding: gzip' --data-binary "@$PICTURE" "$URL/predict"
refused 417 "only 'Expect: 100-continue'" -H 'Expect: cookies' --data-binary "@$PICTURE" "$URL/predict"
head -c 2000 "$PICTURE" > half.jpg
refused 400 "the picture" --data-binary @half.jpg "$URL/predict"
run 0 capture 'pattern:shapes?seed=3&size=400x251&fps=1&seconds=1' -o large
refused 413 "400x251 is over the limit of 100000 pixels" --data-binary "@$(find large -name '*.jpg')" "$URL/predict"
head -c 200000 /dev/zero | tr '\0' x > full.txt
refused 400 "the picture: is not a JPEG, PNG or WebP" -H 'Content-Type: text/plain' --data-binary '@full.txt' "$URL/predict" # base64 of no picture
echo x >> full.txt
refused 413 "the body is over the limit of 200000 bytes (--limit request-bytes=N)" -H 'Content-Type: text/plain' --data-binary @full.txt "$URL/predict"
refused 413 "the body is over the limit" -H 'Transfer-Encoding: chunked' -H 'Content-Type: text/plain' --data-binary @full.txt "$URL/predict"
refused 431 "the head of the request is over 16 KiB" -H "X-Long: $(head -c 20000 /dev/zero | tr '\0' x)" "$URL/"
refused 421 "this service is not called 'evil.example'" -H 'Host: evil.example' "$URL/"
refused 400 "0 Host headers" -H 'Host:' "$URL/healthz"
refused 403 "pages of http://evil.example may not use this service" -H 'Origin: http://evil.example' --data-binary "@$PICTURE" "$URL/predict"
same -H "Origin: $URL" --data-binary "@$PICTURE" "$URL/predict"
! grep -qi 'access-control' head.txt || fail "CORS"
# A bomb: 60 kB of PNG that would be 3 * 400 MB.
python3 - > bomb.png <<'PY'
import struct, sys, zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
sys.stdout.buffer.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
                        + chunk(b"IDAT", zlib.compress(bytes(60_000_000))) + chunk(b"IEND", b""))
PY
refused 413 "20000x20000 is over the limit" --data-binary @bomb.png "$URL/predict"
ask 200 "$URL/healthz"
ask 200 "$URL/readyz"
ask 200 -I "$URL/"
head_has "Content-Security-Policy: default-src 'none'; style-src 'sha256-"
ask 200 "$URL/metrics"
out_has 'mlopsctl_requests_total{path="/predict",code="200"} '
out_has 'mlopsctl_requests_total{path="other",code="431"} 1'
out_has 'mlopsctl_request_duration_seconds_bucket{le="+Inf"} '
digest=$("$MLOPSCTL" package inspect "$MODEL" --json 2>/dev/null | jq -r '.digest // empty')
out_has "mlopsctl_model_info{name=\"shapes-detector\",version=\"1\",digest=\"${digest}"
# Half a request, and a byte now and then: neither stays longer than --client-timeout.
PORT=${URL##*:}
for slow in 'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc' 'GET / HT'; do
  python3 - "$PORT" "$slow" <<'PY' || fail "slow: $slow"
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
s.sendall(sys.argv[2].encode().decode("unicode_escape").encode())
start, reply = time.time(), b""
s.settimeout(0.2)
while time.time() - start < 10:
    try:
        piece = s.recv(4096)
        if not piece: break
        reply += piece
        break
    except socket.timeout:
        s.sendall(b"a")
sys.exit(not (reply.startswith(b"HTTP/1.1 408") and 0.8 < time.time() - start < 3))
PY
done
same --data-binary "@$PICTURE" "$URL/predict"
ends 0 TERM

# The layout of older clients, and who may ask.
openssl rand -hex 32 > token && chmod 600 token
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=vision.example \
  -addext 'subjectAltName=DNS:vision.example' 2>/dev/null
LISTEN=0.0.0.0:0 serve secure --token-file token --tls-cert cert.pem --tls-key key.pem --allow-host vision.example \
  --layout bounding-boxes
[ "${URL%%:*}" = https ] || fail "$URL"
PORT=${URL##*:}
tls() { local status=$1; shift; ask "$status" --cacert cert.pem --resolve "vision.example:$PORT:127.0.0.1" "$@"; }
NAMED=https://vision.example:$PORT
tls 200 "$NAMED/readyz"
tls 401 "$NAMED/"
head_has 'WWW-Authenticate: Basic realm="mlopsctl"'
out_has "a token is needed"
tls 401 "$NAMED/metrics"
tls 401 -H "Authorization: Bearer x$(cat token)" --data-binary "@$PICTURE" "$NAMED/predict"
out_has "the token is not right"
tls 401 "$NAMED/nothing"
tls 200 -u "me:$(cat token)" "$NAMED/"
tls 200 -H "Authorization: Bearer $(cat token)" --data-binary "@$PICTURE" "$NAMED/api/detect"
json 'keys_unsorted | join(" ")' 'bounding_boxes inf_time status'
json '[.status, (.inf_time | type), (.bounding_boxes[0] | length)] | join(" ")' '200 string 4'
# ymin xmin ymax xmax as shares of the picture
json '.bounding_boxes[0] | map(. * 1000 | round) | tostring' \
  "$(jq -c '.[0] | [.top / 240, .left / 320, (.top + .height) / 240, (.left + .width) / 320] | map(. * 1000 | round)' <<< "$want")"
! curl -s --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 -k "https://127.0.0.1:$PORT/readyz" > "$OUT" || fail "TLS 1.1 was taken"
! grep -rqF "$(cat token)" secure.log secure.err || fail "the token was printed"
ends 0 INT
# Nothing there: null, as those clients know it.
serve empty --layout bounding-boxes --set decoder.score_threshold=0.999999
ask 200 --data-binary "@$PICTURE" "$URL/predict"
json .bounding_boxes null
ends 0 TERM
