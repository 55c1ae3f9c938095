# bench load: rows of a service under load, closed and open; what is refused; services that fail.
. "$(dirname "$0")/../lib.sh"
no_cloud
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=2&seconds=3' -o set
DATA=set/labels.manifest
run 2 bench load http://127.0.0.1:1/predict --data $DATA --arrivals poisson
err_has "--arrivals is for --rate"
run 2 bench load http://127.0.0.1:1/predict --data $DATA --rate 0
err_has "--rate: 0 is not over 0"
run 2 bench load http://127.0.0.1:1/predict --data $DATA --concurrency 0
err_has "--concurrency: 0 is not from 1 to 4096"
run 2 bench load ftp://127.0.0.1/predict --data $DATA
run 2 bench load http://10.0.0.1/predict --data $DATA
err_has "use https, or allow it with --plain-http"
run 2 bench load http://127.0.0.1:1/predict --data $DATA --gate 'p98_ms<=5'
err_has "p98_ms"
run 1 bench load http://127.0.0.1:1/predict --data $DATA
err_has "http://127.0.0.1:1: "
serve() {
  start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 "$@" > serve.log
  PID=${STARTED##* }
  for _ in $(seq 200); do
    grep -q '^ready' serve.log && break
    sleep 0.05
  done
  URL=$(sed -n 's/^listening on //p' serve.log)
}
mkdir plain && cp set/*.jpg plain
run 2 bench load http://127.0.0.1:1/predict --data plain --gate 'map_50>=0.5'
err_has "plain: has no labels: how right the replies are is not measured"
err_has "unknown metric 'map_50'"
openssl rand -hex 32 > token && chmod 600 token
serve --token-file token
run 1 bench load "$URL/predict" --data $DATA
err_has "/predict: status 401 to a picture: "
load() { local rc=$1; shift; run "$rc" bench load "$URL/predict" --data $DATA --token-file token --duration 500ms "$@"; }
run 0 infer set --model "$MODEL" -o seen.jsonl
run 0 bench score --truth $DATA --predictions seen.jsonl --json
want=$(jq .metrics.map_50 "$OUT")
for encoding in raw multipart base64; do
  load 0 --encoding $encoding --concurrency 2 --json --tag $encoding
  json '[.schema, .rows[0].scenario, .rows[0].model, .rows[0].engine, .rows[0].tag] | join(" ")' \
    "mlopsctl.bench.rows/1 load shapes-detector opencv $encoding"
  json '.rows[0].map_50' "$want" # what the service says is what infer says
  json '.rows[0] | (.failed == 0) and (.requests == .timed_images) and (.requests == .status_200) and (.requests >= 2)' true
  json '.rows[0] | (.p50_ms <= .p99_ms) and (.infer_ms > 0) and (.infer_ms < .server_ms) and (.server_ms < .mean_ms)' true
  json '.rows[0] | (.overhead_p50_ms > 0) and (.overhead_p50_ms <= .overhead_p99_ms) and (.overhead_p50_ms < .p50_ms)' true
  # The parts as the client saw them are the whole, but for building the request.
  json '.rows[0] | (.connect_ms + .upload_ms + .wait_ms + .download_ms) as $sum | ($sum <= .mean_ms) and ($sum > 0.5 * .mean_ms)' true
done
run 0 bench load "$URL/predict" --data plain --token-file token --duration 500ms --table plain.db --json --gate 'p99_ms<=60000'
json '.rows[0] | [.images, .objects, .protocol, .map_50, .failed, (.requests > 0), (.p50_ms > 0)]' '[6,0,"",null,0,true,true]'
digest=$(sed -n 's/.*digest="\([^"]*\)".*/\1/p' <(curl -s -H "Authorization: Bearer $(cat token)" "$URL/metrics"))
json .rows[0].model_digest "$digest"
load 0 --rate 10 --json
json '.rows[0] | [.requests, .rate_per_s] | tostring' '[5,10]'
load 3 --rate 10 --arrivals poisson --gate 'p99_ms<=0.001' --gate 'failed<=0'
err_has "gate 'p99_ms<=0.001' not met"
# More than it can do: what is not answered is counted, and latency is from when requests should have started.
load 0 --rate 20000 --concurrency 4 --json
json '.rows[0] | (.failed > 0) and (.requests == 10000) and (.p99_ms > 100)' true
err_has "requests were not sent: 4 were under way (--concurrency)"
err_has "images/s, and 20000.0 were sent"
! grep -rqF "$(cat token)" bench.db "$OUT" "$ERR" || fail "the token was kept"
run 0 bench show --json
json '.rows | length' 6
kill "$PID"
# A queue that is too short for its clients: 429s are counted.
serve --workers 1 --queue 1
run 0 bench load "$URL/predict" --data $DATA --duration 1s --concurrency 16 --json
json '.rows[0] | (.status_429 == .failed) and (.failed > 0) and (.requests == .failed + .status_200)' true
err_has "not answered with 200: "
kill "$PID"
serve --layout bounding-boxes
run 0 bench load "$URL/predict" --data $DATA --duration 500ms --json
json ".rows[0] | [.map_50, .objects] | tostring" "[null,24]"
err_has "the replies have no detections or classes with scores: how right they are is not measured"
run 1 bench load "$URL" --data $DATA
err_has "status 405 to a picture: "
err_has "give the address that takes pictures; that of 'mlopsctl serve http' ends in /predict"
kill "$PID"
