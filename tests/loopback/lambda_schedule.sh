# A function that a schedule starts, with the environment and the role that the template gives it: the model and the data set come from
# a real store, and the row of an event goes to the benchmark table once, however often the event comes.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
. "$HERE/lib.sh"
start_dynalite
log_dynamo() { # LOG: from here on requests go into it
  : > "$1.port"
  start python3 "$HERE/fault_proxy.py" "$DYNAMO_PORT" "$1" > "$1.port"
  wait_for "$1.port"
  export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$(cat "$1.port")
}

tiny_model det "$DET" detection fastestdet red
run 0 package model det -o det.tar.gz
red_set 3
mkdir -p set/a
mv ./*.png set/a
sed 's#"source-ref":"#&s3://bucket/sets/nightly/a/#' t.manifest > nightly.manifest
run 0 store cp det.tar.gz s3://bucket/models/det.tar.gz
run 0 store cp nightly.manifest s3://bucket/sets/nightly.manifest
run 0 store cp set/ s3://bucket/sets/nightly/ --recursive
run 0 store cp set/a/1.png 's3://bucket/images/frame 1.png'
cat > deploy.yaml << YAML
schema: mlopsctl.deploy/1
name: test
region: us-east-1
model: {url: s3://bucket/models/det.tar.gz, digest: "sha256:$(sha256sum det.tar.gz | cut -d' ' -f1)"}
artifacts: {bucket: artifacts}
functions:
  - {name: nightly, table: benchmark, data: s3://bucket/sets/nightly.manifest, images: s3://bucket/sets/nightly/, triggers: [{schedule: rate(1 day)}]}
  - {name: seen, table: gestures, triggers: [{s3: {bucket: bucket, existing: true, prefix: images/, suffix: .png}}]}
  - {name: who, lookup: student}
tables:
  - {name: student, partition_key: name}
  - {name: benchmark, layout: benchmark}
  - {name: gestures, partition_key: "Gesture ID"}
YAML
run 0 template render cloud-function -f deploy.yaml -o rendered
TEMPLATE=rendered/test.template.json
make_table() { # RESOURCE
  dynamo CreateTable "$(jq -c ".Resources.$1.Properties | {TableName, BillingMode, AttributeDefinitions, KeySchema}" "$TEMPLATE")" > made
  grep -q TableDescription made || fail "the table was not made: $(cat made)"
}
make_table BenchmarkTable
make_table GesturesTable
make_table StudentTable
# function_of RESOURCE EVENTS: emulated with the environment of the template
function_of() {
  local variables=() line
  while IFS= read -r line; do variables+=("$line"); done < <(jq -r ".Resources.$1.Properties.Environment.Variables | to_entries[] | \"\(.key)=\(.value)\"" "$TEMPLATE")
  env "${variables[@]}" "$MLOPSCTL" serve lambda --emulate "$2" --json > "$OUT" 2> "$ERR" || fail "$1 failed"
}
scheduled() { # ID
  printf '{"version":"0","id":"%s","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012","time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":["arn:aws:events:us-east-1:123456789012:rule/nightly"],"detail":{}}\n' "$1"
}
proxy s3.log ""
log_dynamo dynamo.log
{
  scheduled 11111111-0000-0000-0000-000000000000
  scheduled 11111111-0000-0000-0000-000000000000
} > twice.jsonl
function_of NightlyFunction twice.jsonl
json '[.events[].reply.new]' '[true,false]'
json '[.events[].reply.id] | unique | length' 1
json '.events[0].reply.row | [.map_50, .images, .objects, .dataset, .note] | tostring' \
  '[1,3,3,"s3://bucket/sets/nightly.manifest","event 11111111-0000-0000-0000-000000000000"]'
json '.events[1].reply.row' null
python3 "$HERE/role_check.py" "$TEMPLATE" NightlyRole s3.log dynamo.log > "$OUT" 2> "$ERR" || fail "$(cat "$ERR")"
# Again in another process, and the next day.
scheduled 11111111-0000-0000-0000-000000000000 > again.json
function_of NightlyFunction again.json
json '.events[0].reply.new' false
scheduled 22222222-0000-0000-0000-000000000000 > next.json
function_of NightlyFunction next.json
json '.events[0].reply.new' true
dynamo Scan '{"TableName":"benchmark"}' > "$OUT"
json '[.Items[].note.S] | sort | tostring' '["event 11111111-0000-0000-0000-000000000000","event 22222222-0000-0000-0000-000000000000"]'
run 0 bench show --table dynamodb://benchmark --json
json '.rows | length' 2

# The function that pictures start, by the same measure.
kill "$PROXY"
proxy s3_seen.log ""
log_dynamo dynamo_seen.log
echo '{"detail-type":"Object Created","detail":{"bucket":{"name":"bucket"},"object":{"key":"images/frame 1.png","etag":"e","sequencer":"1"}}}' > created.json
function_of SeenFunction created.json
json '.events[0].reply.pictures[0] | [.image, .new] | tostring' '["s3://bucket/images/frame 1.png",true]'
python3 "$HERE/role_check.py" "$TEMPLATE" SeenRole s3_seen.log dynamo_seen.log > "$OUT" 2> "$ERR" || fail "$(cat "$ERR")"

# A direct call gets the record of the name that was found: nothing where nobody has that name, or nobody is in the picture.
kill "$PROXY"
proxy s3_who.log ""
printf '{"image":"%s"}\n{"image":"%s"}\n' "$RED" "$BLUE" > call.jsonl
function_of WhoFunction call.jsonl
json '[.events[].reply | has("record"), .record] | tostring' '[true,null,true,null]'
dynamo PutItem '{"TableName":"student","Item":{"name":{"S":"red"},"major":{"S":"Physics"},"year":{"N":"3"},"courses":{"L":[{"S":"a"}]}}}' > made
log_dynamo dynamo_who.log
function_of WhoFunction call.jsonl
json '.events[0].reply | [.detections[0].label, .record.name, .record.major, .record.year, .record.courses[0]] | tostring' '["red","red","Physics",3,"a"]'
json '.events[1].reply.record' null
[ "$(wc -l < dynamo_who.log)" = 1 ] || fail "nobody was looked up"
python3 "$HERE/role_check.py" "$TEMPLATE" WhoRole s3_who.log dynamo_who.log > "$OUT" 2> "$ERR" || fail "$(cat "$ERR")"

# A schedule where nothing is to be measured, and pictures that are not there.
run 1 serve lambda --model det --emulate next.json
out_has "event: it is time, and nothing is to be done"
run 0 store cp nightly.manifest s3://bucket/sets/other/nightly.manifest
run 1 serve lambda --model det --data s3://bucket/sets/other/nightly.manifest --images s3://bucket/sets/other/ --emulate next.json
out_has "3 of 3 images are not there"
