# serve http under load: every request has one reply, 429s that are sent again end in 200, idle and slow clients are in nobody's
# way, and what was accepted is answered after SIGTERM.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=3&size=64x48&fps=1&seconds=1' -o frames
PICTURE=$(find frames -name '*.jpg')
serve() {
  start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 "$@" > serve.log 2> serve.err
  PID=${STARTED##* }
  for _ in $(seq 200); do
    grep -q '^ready' serve.log && break
    kill -0 "$PID" 2>/dev/null || { cat serve.err; fail "the service ended"; }
    sleep 0.05
  done
  PORT=$(sed -n 's/^listening on .*://p' serve.log)
}
clients() { python3 "$HERE/clients.py" "$1" "$PORT" "$PICTURE" "${@:2}" > "$OUT" || fail "clients $*"; }
ends() {
  local got=0
  kill -TERM "$PID"
  wait "$PID" || got=$?
  [ "$got" = "$1" ] || fail "the service ended with $got, not $1"
}
serve --queue 16
clients crowd 64 8 once # no one waits: some 429, and nothing but these
json 'add' 512
json 'del(.["200"], .["429"]) | length' 0
json '(.["200"] > 0) and (.["429"] > 0)' true
first=$(jq -c . "$OUT")
clients crowd 64 4 retry
json '.["200"]' 256
json 'del(.["200"], .["429"]) | length' 0
# The service counted what the clients saw.
curl -s "http://127.0.0.1:$PORT/metrics" > metrics.txt
for code in 200 429; do
  saw=$(jq -s --arg code "$code" 'map(.[$code] // 0) | add' "$OUT" - <<< "$first")
  grep -qF "mlopsctl_requests_total{path=\"/predict\",code=\"$code\"} $saw" metrics.txt || { cat metrics.txt; fail "clients saw $saw times $code"; }
done
ends 0

serve --client-timeout 60s
clients idle 1000
json .seen '{"200":20}'
json '.open >= 1000' true
ends 0
serve --max-connections 50 --client-timeout 2s
clients idle 100 # idle ones are closed to make room; half-sent heads keep their places for 2 s at most
json .seen '{"200":20}'
json '.open <= 50' true
ends 0

serve --workers 1 --queue 400
mkfifo go
: > "$OUT"
python3 "$HERE/clients.py" drain "$PORT" "$PICTURE" 300 < go > "$OUT" &
CLIENTS=$!
exec 9> go
wait_for "$OUT"
kill -TERM "$PID"
sleep 0.2 # it looks for signals 20 times a second
echo >&9
wait "$CLIENTS" || fail "clients"
grep -qx '{"accepted": {"200": 300}, "late": "503"}' "$OUT" || fail "not all that were accepted had their reply"
wait "$PID" || fail "the service ended with $?"
! curl -s "http://127.0.0.1:$PORT/healthz" || fail "it still listens"

serve --workers 1 --queue 5000 --drain 100ms
: > "$OUT"
python3 "$HERE/clients.py" drain "$PORT" "$PICTURE" 1000 < go > "$OUT" 2> clients.err &
CLIENTS=$!
wait_for "$OUT"
ends 1
kill "$CLIENTS"
grep -qF 'requests that were still under way after --drain 0.1 s were cut off' serve.err || fail "$(cat serve.err)"
