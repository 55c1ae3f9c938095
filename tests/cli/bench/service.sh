# A service in the place of a model: infer and bench run say of it what they say of the same model here, and refuse what it cannot do.
. "$(dirname "$0")/../lib.sh"
no_cloud
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=2&seconds=3' -o set --clips 3s
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=2&seconds=3' -o frames
DATA=frames/labels.manifest
openssl rand -hex 32 > token && chmod 600 token
start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 --token-file token > serve.log
SERVER=${STARTED##* }
wait_for serve.log 2
URL=$(sed -n 's/^listening on //p' serve.log)/predict

# infer: the same lines, and the same pictures drawn, also of a video's frames.
for input in frames set/clip000000.mp4 $DATA; do
  rm -rf here.jsonl there.jsonl here there
  run 0 infer "$input" --model "$MODEL" --no-timing -o here.jsonl --draw here
  run 0 infer "$input" --model "$URL" --token-file token --no-timing -o there.jsonl --draw there --jobs 4 --json
  json '[.images, .engine]' '[6,"opencv 4.6.0"]'
  json .model "$(curl -s -H "Authorization: Bearer $(cat token)" "${URL%/predict}/metrics" | sed -n 's/.*digest="\([^"]*\)".*/\1/p')"
  cmp here.jsonl there.jsonl || fail "other lines for $input"
  diff -r here there || fail "other pictures for $input"
done
run 0 infer frames --model "$URL" --token-file token -o timed.jsonl
jq -es 'all(.timing_ms.infer > 0)' timed.jsonl > "$OUT" || fail "times of the service are lost"

# bench run: what is found is scored as 'bench score' scores it; the row says whose model it is.
run 0 bench score --truth $DATA --predictions here.jsonl --json
want=$(jq .metrics.map_50 "$OUT")
run 0 bench run --model "$URL" --token-file token --data $DATA --max-spread 1000 --json --report page.html
json .rows[0].map_50 "$want"
json '.rows[0] | [.model, .engine, .scenario, .images, .peak_memory_bytes]' '["shapes-detector","opencv","single_stream",6,null]'
json '.rows[0] | (.infer_ms > 0) and (.infer_ms < .mean_ms) and (.model_digest | startswith("sha256:"))' true
grep -q shapes-detector page.html || fail "the page does not name the model"
run 0 bench run --model "$URL" --token-file token --data $DATA --max-spread 1000 --scenario offline --threads 3 --sizes 2,6 --json
json '.rows | map(.images)' '[2,6]'

# What a service has not, and what only a service has.
run 2 infer frames --model "$URL" --engine opencv
err_has "--engine is for a model in this process, and --model is a service"
run 2 infer frames --model "$URL" --set decoder.score_threshold=0.5
run 2 infer frames --model "$URL" --threshold evaluate
run 2 infer frames --model "$MODEL" --token-file token
err_has "--token-file is for a --model that is a service"
for only in "--batch 2 --scenario offline" "--cold-start" "--scenario server --rate 5" "--onnxruntime x.so"; do
  # shellcheck disable=SC2086 # words
  run 2 bench run --model "$URL" --data $DATA $only
  err_has "is for a model in this process"
done
run 2 bench run --model "$MODEL" --data $DATA --token-file token
run 2 infer frames --model http://192.0.2.1/predict
err_has "use https, or allow it with --plain-http"

# Refusals and other services: nothing is written.
run 1 infer frames --model "$URL" -o none.jsonl
err_has "/predict: status 401 to a picture"
[ ! -e none.jsonl ] || fail "something was written"
run 1 bench run --model "$URL" --data $DATA --table none.db
err_has "/predict: status 401 to a picture"
kill -STOP "$SERVER" && kill -KILL "$SERVER"
run 1 infer frames --model "$URL" -o none.jsonl
err_has "${URL%/predict}: "
[ ! -e none.jsonl ] || fail "something was written"
start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 --layout bounding-boxes > other.log
wait_for other.log 2
URL=$(sed -n 's/^listening on //p' other.log)/predict
run 1 infer frames --model "$URL" -o none.jsonl
err_has "no detections and no classes with scores"
run 1 bench run --model "$URL" --data $DATA
err_has "no detections and no classes with scores"

# Over TLS, with a certificate that nobody knows yet.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
chmod 600 tls.key
start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 --tls-cert tls.crt --tls-key tls.key > tls.log
wait_for tls.log 2
URL=https://localhost:$(sed -n 's/^listening on .*://p' tls.log)/predict
run 1 infer frames --model "$URL" -o none.jsonl
err_has "AWS_CA_BUNDLE or SSL_CERT_FILE names a PEM file"
export SSL_CERT_FILE=$PWD/tls.crt
run 0 infer frames --model "$URL" --no-timing -o tls.jsonl
run 0 infer frames --model "$MODEL" --no-timing -o here.jsonl --overwrite
cmp here.jsonl tls.jsonl || fail "other lines over TLS"
