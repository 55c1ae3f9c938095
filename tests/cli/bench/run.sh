# bench run and bench show with a model small enough to stand here (../tiny.sh): what is red is found.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model tiny "$DET" detection fastestdet red
tiny_model painter "$CLS" classification classification 'red, green, blue'
tiny_model stranger "$DET" detection fastestdet elephant
mkdir set
for i in 1 2 3 4 5 6; do
  if [ $((i % 2)) = 0 ]; then echo "$BLUE"; else echo "$RED"; fi | base64 -d > set/$i.png
  if [ $((i % 2)) = 0 ]; then red_line $i.png ''; else red_line $i.png "$MIDDLE"; fi
done > set/all.manifest

run 0 bench run --model tiny --data set/all.manifest --tag nightly --note "it's new" --json --set decoder.score_threshold=0.4
json .schema mlopsctl.bench.rows/1
json '.rows | length' 1
json '(.rows[0].map_50 * 1e9 | round)' 1000000000
json '.rows[0] | "\(.precision) \(.recall) \(.errors_missed)"' '1 1 0'
json .rows[0].map_large null
json .rows[0].model tiny
json .rows[0].model_version 3
json .rows[0].images 6
json .rows[0].objects 3
json .rows[0].scenario single_stream
json .rows[0].engine opencv
json '.rows[0].timed_images' 72 # three windows of 24: the six pictures four times
json '.rows[0] | .windows >= 3 and .spread_percent >= 0 and .peak_memory_bytes > 1000000' true
json '.rows[0] | has("cold_start_ms") or has("rate_per_s")' false
json '.rows[0] | .p50_ms > 0 and .p50_ms <= .p90_ms and .p90_ms <= .p99_ms and .p99_ms <= .max_ms' true
json '.rows[0] | .images_per_s > 0 and .infer_ms > 0 and .decode_ms > 0' true
json '.rows[0].overrides | join(",")' decoder.score_threshold=0.4
json '.rows[0].command | contains("--set decoder.score_threshold=0.4 --table") | not' true
json '.rows[0] | (.id | startswith("sha256:")) and (.model_digest | startswith("sha256:")) and (.dataset_digest | startswith("sha256:"))' true
json '.rows[0] | .cores > 0 and .memory_bytes > 0 and (.cpu | length) > 0 and (.kernel | length) > 0' true
DIGEST=$(jq -r .rows[0].dataset_digest "$OUT")

# The digest of a set follows what it says, not its lines; a run adds a row and changes none.
tac set/all.manifest > set/turned.manifest
run 0 bench run --model tiny --data set/turned.manifest --scenario offline --threads 2 --tag other --protocol voc --json
json .rows[0].dataset_digest "$DIGEST"
json .rows[0].map_50 1
json .rows[0].p50_ms null
json '.rows[0].images_per_s > 0' true
run 0 bench run --model tiny --data set/all.manifest --sizes 2,4,6 --threads 1
out_has "map_50"
run 0 bench show --json
json '.rows | length' 5
json '[.rows[].images] | join(",")' 6,6,2,4,6
run 0 bench show --tag nightly
out_has "tiny 3"
out_has "nightly"
run 0 bench show --last 2 --json
json '[.rows[].images] | join(",")' 4,6
run 0 bench show --tag nobody
out_has "bench.db: no such row"
[ "$(sqlite3 bench.db "SELECT note FROM rows, json_each(document) LIMIT 0" 2> /dev/null; sqlite3 bench.db 'SELECT count(*) FROM results WHERE map_50 > 0.99')" = 5 ] ||
  fail "SQL sees other rows"

# Gates.
run 0 bench run --model tiny --data set/all.manifest --gate 'map_50>=0.9' --gate 'errors_missed<=0' --gate 'p99_ms<60000' --max-spread 100000
err_has "gate 'map_50>=0.9' met: 1.0000"
run 3 bench run --model tiny --data set/all.manifest --gate 'map_50 <= 0.5' --gate 'images_per_s>0' --max-spread 100000
err_has "mlopsctl bench run: gate 'map_50 <= 0.5' not met: 1.0000 (n=6 images, 3 objects)"
run 4 bench run --model tiny --data set/all.manifest --gate 'map_large>=0.5'
err_has "gate 'map_large>=0.5' has no verdict: map_large is undefined"
ROWS=$(sqlite3 bench.db 'SELECT count(*) FROM rows')
run 2 bench run --model tiny --data set/all.manifest --gate 'map50>=0.5'
err_has "unknown metric 'map50', did you mean 'map_50'?"
run 2 bench run --model tiny --data set/all.manifest --gate 'map_50'
err_has "no comparison in it"

# Time is no verdict where the windows differ: exit 4 if a gate asks for it, else a warning; the row stays.
# (Three medians in a row of so small a model may be equal to the nanosecond: then once more.)
for _ in 1 2 3 4 5 6 7 8 9 10; do
  code=0
  "$MLOPSCTL" bench run --model tiny --data set/all.manifest --gate 'p99_ms<60000' --max-spread 1e-9 > "$OUT" 2> "$ERR" || code=$?
  [ $code = 0 ] || break
done
[ $code = 4 ] || fail "exit $code, expected 4"
err_has "no verdict on time: the engine's times differ by"
for _ in {1..20}; do
  run 0 bench run --model tiny --data set/all.manifest --gate 'map_50>=0.9' --max-spread 1e-9 --json
  ! grep -q "doing other things" "$ERR" || break # not where three windows of its 2 us were the same
done
err_has "is the machine doing other things?"
json .rows[0].windows 12

# Server: pictures arrive at random; latency counts from the arrival, so a queue shows.
run 0 bench run --model tiny --data set/all.manifest --scenario server --rate 200 --max-spread 100000 --json
json '.rows[0] | [.scenario, .rate_per_s, .p50_ms > 0, .timed_images]' '["server",200,true,72]'
json '.rows[0].seconds | . > 0.1' true # 3 windows of 24 pictures at 200/s
run 0 bench run --model tiny --data set/all.manifest --scenario server --rate 1000000 --max-spread 100000 --json
err_has "the queue only grows"
json '.rows[0] | .p99_ms > 3 * .infer_ms' true
run 2 bench run --model tiny --data set/all.manifest --scenario server
err_has "pass --rate R"
run 2 bench run --model tiny --data set/all.manifest --rate 3
err_has "--rate is for --scenario server"

# Batches: this graph has room for one picture.
run 1 bench run --model tiny --data set/all.manifest --scenario offline --batch 2
err_has "the graph takes batches of 1, not of 2"
run 2 bench run --model tiny --data set/all.manifest --batch 2
err_has "--batch is for --scenario offline"
run 2 bench run --model tiny --data set/all.manifest --scenario offline --batch 0
err_has "--batch: 0 is not from 1"

# A new process to its first answer.
run 0 bench run --model tiny --data set/all.manifest --cold-start --set decoder.score_threshold=0.4 --json
json '.rows[0] | .cold_start_ms > 1 and .cold_start_ms < 60000' true

ROWS=$(sqlite3 bench.db 'SELECT count(*) FROM rows')

# Secrets do not reach the table.
run 0 bench run --model tiny --data set/all.manifest --note 'see https://bob:hunter2@host/x?token=canary1' --tag canary
run 0 bench show --tag canary --json
out_lacks hunter2
out_lacks canary1

# Refusals: nothing is measured, no row is added.
rm set/3.png set/5.png
run 1 bench run --model tiny --data set/all.manifest
err_has "'3.png' was not found"
err_has "2 of 6 images are not there, so nothing was measured"
echo "$RED" | base64 -d > set/3.png
cp set/3.png set/5.png
run 0 bench run --model tiny --data set/all.manifest --images set --table other.db
sed 's/"width":16,"height":8/"width":8,"height":16/' set/all.manifest > set/turned.manifest
run 1 bench run --model tiny --data set/turned.manifest
err_has "is 16x8, the truth (set/turned.manifest:1) says 8x16"
run 1 bench run --model painter --data set/all.manifest
err_has "set/all.manifest: has boxes, and 'painter' is a model for classification"
run 1 bench run --model stranger --data set/all.manifest
err_has "none of its classes (red) is one of 'stranger' (elephant)"
red_line 2.png '' > set/bare.manifest
run 1 bench run --model tiny --data set/bare.manifest
err_has "not one object"
: > set/empty.manifest
run 1 bench run --model tiny --data set/empty.manifest
err_has "set/empty.manifest"
run 2 bench run --model tiny --data set/all.manifest --sizes 7
err_has "--sizes: 7 is more than the 6 images of set/all.manifest"
run 2 bench run --model tiny --data set/all.manifest --sizes 4,2
err_has "--sizes: 2 does not follow 4 upwards"
run 2 bench run --model tiny --data set/all.manifest --sizes many
err_has "'many' is not a number of images"
run 2 bench run --model tiny --data set/all.manifest --scenario servant
err_has "did you mean 'server'"
run 2 bench run --model tiny --data set/all.manifest --threads -1
err_has "--threads: -1 is not from 0"
run 2 bench run --model tiny --data set/all.manifest --engine abacus
err_has "abacus"
sed 's/fastestdet/raw/' tiny/model.yaml > raw.yaml && mkdir raw && cp tiny/m.onnx raw/ && mv raw.yaml raw/model.yaml
run 1 bench run --model raw --data set/all.manifest
err_has "has decoder.kind raw: its outputs are written as they are, and nothing can be scored"
run 1 bench run --model nobody --data set/all.manifest
err_has "nobody"
run 2 bench run --data set/all.manifest
err_has "--model"
[ "$(sqlite3 bench.db 'SELECT count(*) FROM rows')" = $((ROWS + 1)) ] || fail "a refused run added a row"

# An arrival that is far off is not slept through: a signal ends the wait.
timeout -s INT 1 "$MLOPSCTL" bench run --model tiny --data set/all.manifest --scenario server --rate 0.01 --table far.db \
  > "$OUT" 2> "$ERR" &
start=$SECONDS
wait $! && fail "it was interrupted"
[ $((SECONDS - start)) -lt 8 ] || fail "it slept on after SIGINT"
err_has "mlopsctl bench run: interrupted"
for rate in 0 -1 1e-9 1e300; do
  run 2 bench run --model tiny --data set/all.manifest --scenario server --rate=$rate
  err_has "--rate: "
  err_has " is not from 0.001 to 1000000 pictures a second"
done
run 2 bench run --model tiny --data set/all.manifest --max-spread -1
err_has "--max-spread: -1 is not a percentage over 0"
