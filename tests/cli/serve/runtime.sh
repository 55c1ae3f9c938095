# mlopsctl-runtime: the small program that serves.
. "$(dirname "$0")/../lib.sh"
WHOLE=$MLOPSCTL
MLOPSCTL=$(dirname "$WHOLE")/mlopsctl-runtime
[ "$(stat -c %s "$MLOPSCTL")" -lt $(($(stat -c %s "$WHOLE") * 2 / 3)) ] || fail "it is over two thirds of mlopsctl"
run 0 --help
out_has "serve http"
out_lacks "manifest"
run 2 manifest stats a
err_has "unknown command 'manifest'"
run 0 serve http --help
out_has "--listen ADDRESS:PORT"
run 0 engines --json
"$WHOLE" capture 'pattern:shapes?seed=3&size=320x240&fps=1&seconds=1' -o frames -q
start "$MLOPSCTL" serve http --model "$MLOPSCTL_SOURCE/examples/shapes/model" --listen 127.0.0.1:0 --json > serve.json
PID=${STARTED##* }
wait_for serve.json
cp serve.json "$OUT"
json '[.schema, .model, (.workers * .threads > 0)] | tostring' '["mlopsctl.serve.http/1","shapes-detector",true]'
curl -s --data-binary "@$(find frames -name '*.jpg')" "$(jq -r .url serve.json)/predict" > "$OUT"
json '.detections | length > 0' true
kill -TERM "$PID"
wait "$PID" || fail "it ended with $?"
