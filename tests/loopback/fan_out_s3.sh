# The fan-outs that work in buckets: what Kubernetes and AWS Batch start is run here, shard by shard, against a strict S3; Step
# Functions' map is judged, its expressions are evaluated, and its events go to 'serve lambda --emulate'. One score for all.
. "$(dirname "$0")/../cli/lib.sh"
VALIDATOR=${MLOPSCTL_TEST_ASL_VALIDATOR:-}
if [ ! -f "$VALIDATOR" ]; then
  [ "${CI:-}" != true ] || fail "MLOPSCTL_TEST_ASL_VALIDATOR is not set: tests/run.sh fetches it"
  echo "SKIPPED: needs asl-validator: export MLOPSCTL_TEST_ASL_VALIDATOR=\$(bash scripts/asl_validator.sh)"
  exit 77
fi
. "$HERE/lib.sh"
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=10&seconds=2' -o frames
run 0 store cp frames s3://bucket/sets/frames --recursive
sed 's|"source-ref":"|&s3://bucket/sets/frames/|' frames/labels.manifest > v.manifest
run 0 store cp v.manifest s3://bucket/sets/v.manifest
run 0 package model "$MLOPSCTL_SOURCE/examples/shapes/model" -o model.tar.gz
run 0 store cp model.tar.gz s3://bucket/model.tar.gz
run 0 infer v.manifest --images frames --model model.tar.gz --threshold evaluate --no-timing --threads 1 -o whole.jsonl
run 0 bench score --truth v.manifest --predictions whole.jsonl --shards 1 --json
cp "$OUT" whole.score
HEX=$(sha256sum model.tar.gz | cut -d' ' -f1)
spec() { # ENGINE
  jq -n --arg engine "$1" --arg digest "sha256:$HEX" '{schema: "mlopsctl.deploy/1", name: "shapes", region: "us-east-1",
    model: {url: "s3://bucket/model.tar.gz", digest: $digest}, artifacts: {bucket: "zips-of-mine"},
    functions: [{name: "look", images: "s3://bucket/sets/frames"}],
    fan_out: {shards: 3, engine: $engine, input: "s3://bucket/sets/v.manifest", images: "s3://bucket/sets/frames", output: ("s3://bucket/" + $engine), function: "look",
      image: "registry.example/mlopsctl:1", service_account: "fan-out", subnets: ["subnet-1"], security_groups: ["sg-1"]}}' > "$1.yaml"
  run 0 template render fan-out -f "$1.yaml" -o "$1"
}
mkdir bin home
printf '#!/bin/sh\necho "$1" >> "$CALLS"\nexec "%s" "$@"\n' "$MLOPSCTL" > bin/mlopsctl
chmod +x bin/mlopsctl
export CALLS=$WORK/calls
# task INDEX-NAME INDEX SCRIPT: as a container of its own starts it
task() {
  env PATH="$WORK/bin:$PATH" HOME="$WORK/home" TMPDIR="$WORK/home" AWS_ENDPOINT_URL_S3="$SERVER" "$1=$2" sh -c "$3" > "$OUT" 2> "$ERR" || fail "$1 $2"
}
check() { # ENGINE INDEX-NAME SHARD-SCRIPT MERGE-SCRIPT
  : > calls
  for i in 0 1 2; do task "$2" $i "$3"; done
  task "$2" 1 "$3" # started again: it is done
  [ "$(grep -c infer calls)" = 3 ] || fail "$1: a shard was done twice"
  for _ in 1 2; do task none 0 "$4"; done
  run 0 store cp "s3://bucket/$1/${HEX:0:12}-of-3/predictions.jsonl" "$1.jsonl" --overwrite
  cmp whole.jsonl "$1.jsonl" || fail "$1: one machine makes something else"
  run 0 store cp "s3://bucket/$1/${HEX:0:12}-of-3/score.json" "$1.score" --overwrite
  cmp whole.score "$1.score" || fail "$1: another score"
}

spec batch
command_of() { jq -r ".Resources.$1.Properties.ContainerProperties.Command[2]" batch/shapes-fan-out.template.json; }
check batch AWS_BATCH_JOB_ARRAY_INDEX "$(command_of Shards)" "$(command_of Merge)"

# Kubernetes reads '$$' as '$'.
spec kubernetes
yamllint -d relaxed kubernetes > "$OUT" || fail "yamllint"
command_of() { python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]["containers"][0]["command"][2].replace("$$", "$"))' "kubernetes/$1.yaml"; }
check kubernetes JOB_COMPLETION_INDEX "$(command_of shards)" "$(command_of merge)"

# Step Functions.
spec step-functions
TEMPLATE=step-functions/shapes-fan-out.template.json
jq '.Resources.Machine.Properties.Definition' $TEMPLATE | sed 's|${States}|arn:aws:states::|; s|${Function}|arn:aws:lambda:us-east-1:123456789012:function:look|' > map.json
node "$VALIDATOR" --json-path map.json > "$OUT" 2>&1 || fail "asl-validator"
jq '.States.Pictures.ItemProcessor.StartAt = "Nowhere"' map.json > broken.json
node "$VALIDATOR" --json-path broken.json > "$OUT" 2>&1 && fail "asl-validator lets everything pass"
export NODE_PATH=${VALIDATOR%/asl-validator/*}
node "$HERE/distributed_map.js" events map.json v.manifest > events.jsonl || fail "events"
[ "$(head -n 1 events.jsonl | jq -c '[.detail.bucket.name, .detail.object.key, .threshold]')" = \
  "$(head -n 1 v.manifest | jq -c '["bucket", (."source-ref" | ltrimstr("s3://bucket/")), "evaluate"]')" ] || fail "event: $(head -n 1 events.jsonl)"
run 0 serve lambda --model model.tar.gz --emulate events.jsonl --json --threads 1
jq -c '.events[].reply' "$OUT" > replies.jsonl
mkdir -p run-1/uuid
node "$HERE/distributed_map.js" results map.json replies.jsonl > run-1/uuid/SUCCEEDED_0.jsonl || fail "results"
# What run.sh does with them, when the cloud has answered.
cat > bin/aws << 'END'
#!/bin/sh
case "$2" in
  describe-stacks) echo arn:machine ;;
  start-execution) while [ "$1" != --name ]; do shift; done; echo "$2" > "$WORK/name"; echo arn:execution
    mlopsctl store cp "$WORK/run-1" "s3://bucket/step-functions/$HEX12-of-3/$2" --recursive > "$WORK/cp" 2>&1 ;;
  describe-execution) echo SUCCEEDED ;;
esac
END
chmod +x bin/aws
(export WORK HEX12=${HEX:0:12}; PATH=$WORK/bin:$PATH; sed 's/sleep 10/sleep 0/' step-functions/run.sh > run.sh; sh run.sh > "$OUT" 2> "$ERR") || fail "run.sh"
# An event knows nothing of the clip that the manifest says a picture is from.
cmp <(jq -c 'del(.group, .time_s)' whole.jsonl) <(jq -c . run-*/predictions.jsonl) || fail "step-functions: one machine finds something else"
jq -S .metrics whole.score | cmp - <(jq -S .metrics run-*/score.json) || fail "step-functions: another score"
