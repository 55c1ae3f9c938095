# The benchmark table in DynamoDB (dynalite) behind a proxy that throttles, gives back half of batches and resets connections.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
no_cloud
export AWS_ACCESS_KEY_ID=AKIDCANARY AWS_SECRET_ACCESS_KEY=CANARYsecret/0123456789+abcdef AWS_SESSION_TOKEN=CANARYtoken
start_dynalite
start_proxy() { # LOG FAULTS: sets $AWS_ENDPOINT_URL_DYNAMODB
  start python3 "$HERE/fault_proxy.py" "$DYNAMO_PORT" "$1" "$2" > "$1.port"
  wait_for "$1.port"
  export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$(cat "$1.port")
}
make_table() { # NAME PARTITION SORT, as the template's layout has it
  dynamo CreateTable "$(jq -nc --arg name "$1" --arg partition "$2" --arg sort "$3" '{TableName: $name, BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{AttributeName: $partition, KeyType: "HASH"}, {AttributeName: $sort, KeyType: "RANGE"}],
    AttributeDefinitions: [$partition, $sort | {AttributeName: ., AttributeType: "S"}]}')" | grep -q TableDescription
}
make_table benchmark model_dataset run_id || fail "the table was not made"
make_table killed model_dataset run_id || fail "the table was not made"
make_table other name kind || fail "the table was not made"

# A table with one measured row, and 250 more of it with numbers that are easily lost.
tiny_model tiny "$DET" detection fastestdet red
red_set 3
"$MLOPSCTL" bench run --model tiny --data t.manifest --table src.db --tag first > "$OUT" 2> "$ERR"
[ -s src.db ] || fail "no row was measured"
sqlite3 src.db "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
  INSERT INTO rows (id, time, tag, model, model_digest, dataset_digest, document)
  SELECT printf('sha256:%064x', i), printf('2026-01-01T00:%02d:%02d.000Z', i / 60, i % 60), 'many', model, model_digest, dataset_digest,
    json_set(document, '$.id', printf('sha256:%064x', i), '$.time', printf('2026-01-01T00:%02d:%02d.000Z', i / 60, i % 60),
      '$.tag', 'many', '$.third', i / 3.0, '$.tiny', 1e-200 / i, '$.huge', 1e300, '$.none', NULL, '$.note', '') FROM n, rows WHERE tag = 'first'"

# What is not there, or is another table, is said with the command that makes it.
start_proxy plain.log ""
run 1 bench show --table dynamodb://nowhere
err_has "dynamodb://nowhere: there is no such table at http://127.0.0.1:"
err_has "{name: nowhere, layout: benchmark}"
err_has "'mlopsctl template render cloud-function -f deploy.yaml -o DIR'"
run 1 bench run --model tiny --data t.manifest --table dynamodb://nowhere
err_has "there is no such table"
run 1 bench show --table dynamodb://other
err_has "dynamodb://other: is no benchmark table: its keys are not model_dataset and run_id"
run 0 bench show --table dynamodb://benchmark
out_has "no such row"

# Push through every fault, twice; nothing is written the second time.
run 0 bench push src.db dynamodb://benchmark --dry-run --json
json '[.dry_run, .rows_read, .rows_added, .rows_there]' '[true,251,251,0]'
start_proxy faults.log throttle,unprocessed,reset,none,damage,broken,unprocessed,reset-after
run 0 bench push src.db dynamodb://benchmark --json
json '[.schema, .rows_read, .rows_added, .rows_there]' '["mlopsctl.bench.push/1",251,251,0]'
for fault in 'GetItem' 'BatchWriteItem unprocessed' 'BatchGetItem' ' throttle' ' damage' ' reset ' ' reset-after' ' broken'; do
  grep -q "$fault" faults.log || fail "the proxy never had '$fault'"
done
grep -qv 'content-type;host;x-amz-date;x-amz-security-token;x-amz-target' faults.log && fail "a header is not signed"
start_proxy again.log ""
run 0 bench push src.db dynamodb://benchmark
out_has "dynamodb://benchmark: 0 of 251 rows were added, 251 were there"
! grep -q BatchWriteItem again.log || fail "rows were written a second time"

# Killed in the middle and run again: every row, once. Asked to stop: it stops.
start_proxy kill.log none,reset-after,unprocessed
for pause in 0.1 0.2 0.3; do
  "$MLOPSCTL" bench push src.db dynamodb://killed > "$OUT" 2> "$ERR" &
  pid=$!
  sleep $pause
  kill -9 $pid 2> /dev/null
  wait $pid 2> /dev/null
done
run 0 bench push src.db dynamodb://killed
run 0 bench show --table dynamodb://killed --json
json '[.rows | length, ([.[].id] | unique | length)]' '[251,251]'
start_proxy stop.log throttle
"$MLOPSCTL" bench push src.db dynamodb://killed > "$OUT" 2> "$ERR" &
pid=$!
sleep 0.5
kill -TERM $pid
wait $pid
[ $? -eq 143 ] || fail "SIGTERM did not stop it"

# Pull brings back the very rows, also through faults, also into a table that has some.
start_proxy pull.log unprocessed,reset,none,throttle,reset-after
run 0 bench pull dynamodb://benchmark copy.db --json
json '[.rows_read, .rows_added]' '[251,251]'
run 0 bench pull dynamodb://benchmark copy.db --json
json '[.rows_read, .rows_added, .rows_there]' '[251,0,251]'
for db in src copy; do sqlite3 $db.db 'SELECT document FROM rows ORDER BY time, id' > $db.txt; done
[ "$(wc -l < copy.txt)" = 251 ] || fail "rows are missing"
"$MLOPSCTL" bench export --table src.db --format json > src.json 2>> "$ERR" || fail "export"
"$MLOPSCTL" bench export --table copy.db --format json > copy.json 2>> "$ERR" || fail "export"
jq -S '.rows | sort_by(.time, .id)' src.json > src.sorted
jq -S '.rows | sort_by(.time, .id)' copy.json > copy.sorted
cmp src.sorted copy.sorted || fail "a row changed on the way"
cut -d, -f1-200 copy.txt | head -1 | grep -q '"huge":1e+300' || fail "the huge number was lost"

# A run straight into the table, its row once, and bench show finds it.
start_proxy run.log none,reset-after,throttle,reset
"$MLOPSCTL" bench run --model tiny --data t.manifest --table dynamodb://benchmark --tag direct > "$OUT" 2> "$ERR"
run 0 bench show --table 'dynamodb://benchmark?region=eu-west-1' --tag direct --json
json '.rows | length' 1
json '.rows[0].model' tiny
run 0 bench show --table dynamodb://benchmark --last 2 --json
json '.rows[1].tag' direct

# A row that took long to measure is not lost when it cannot be sent.
start_proxy deny.log deny
"$MLOPSCTL" bench run --model tiny --data t.manifest --table dynamodb://benchmark --tag kept > "$OUT" 2> "$ERR" && fail "no error"
err_has "PutItem: AccessDeniedException: not you"
err_has "'mlopsctl bench push bench-unsent.db dynamodb://benchmark' sends it"
start_proxy sent.log none
run 0 bench push bench-unsent.db dynamodb://benchmark
out_has "1 of 1 rows were added"
run 0 bench show --table dynamodb://benchmark --tag kept --json
json '.rows | length' 1

# The columns of older tables.
run 0 bench export --table dynamodb://benchmark --tag direct --layout size-time
[ "$(head -1 "$OUT")" = size,time,true_prediction ] || fail "other columns"
grep -qE '^3,[0-9.e-]+,$' "$OUT" || fail "no such row"
err_has "1 rows have no accuracy"

# A row that is too large is refused with its size; what cannot be sent is kept.
sqlite3 src.db "UPDATE rows SET document = json_set(document, '\$.note', printf('%.500000c', 'x'), '\$.id', 'sha256:large'), id = 'sha256:large' WHERE tag = 'first'"
run 1 bench push src.db dynamodb://benchmark
err_has "row sha256:large: is 49"
err_has "and DynamoDB takes 400"

# No secret in anything that was written.
! grep -rlaF -e CANARYsecret -e CANARYtoken "$WORK" --include='*' || fail "a secret is in a file"
echo "ok"
