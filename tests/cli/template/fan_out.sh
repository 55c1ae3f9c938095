# template render fan-out: what each engine is given, and every refusal.
. "$(dirname "$0")/../lib.sh"
run 0 template init

# Slurm.
run 0 template render fan-out -o slurm
out_has "bash submit.sh, where sbatch is and mlopsctl is in PATH"
for name in shard.sbatch merge.sbatch submit.sh; do golden "slurm/$name" "fan-out/$name.txt"; done
run 0 template render fan-out -o slurm2 -q
diff -r slurm slurm2 || fail "two renders differ"
if command -v shellcheck > /dev/null; then shellcheck -s bash slurm/* || fail "shellcheck"; fi
# spec JQ: spec.json is what deploy.yaml says, changed; hostile names are words of the shell and nothing else.
spec() { jq "$@" base.json > spec.json; }
jq -n --arg digest "sha256:$(printf 'a%.0s' {1..64})" '{schema: "mlopsctl.deploy/1", name: "shapes", region: "eu-west-1",
  model: {url: "s3://models/shapes/model.tar.gz", digest: $digest},
  fan_out: {shards: 3, engine: "slurm", input: "/sets/v.manifest", output: "/results"}}' > base.json
for name in '$(touch broken)' '`touch broken`' "it's" 'a"b' '%a %j \' '; touch broken #' 'no' "$(printf 'x%.0s' {1..300})" '👍 ‏' '*?[a]' '~' '&& touch broken'; do
  spec --arg name "/$name" '.fan_out |= (.input = $name | .truth = $name | .images = $name | .output = $name)'
  run 0 template render fan-out -f spec.json -o hostile -q --overwrite
  for file in hostile/*; do bash -n "$file" || fail "$file of $name"; done
  # Each script, with programs that only say what they are asked.
  mkdir -p bin
  printf '#!/bin/sh\nprintf "%%s\\001" "$@" > "$SAID"\n' > bin/mlopsctl
  chmod +x bin/mlopsctl
  sed "s|^cd .*|cd '$WORK'|; s|^exec >>.*||" hostile/shard.sbatch > shard.sh
  SAID=$WORK/said PATH=$WORK/bin:$PATH SLURM_ARRAY_TASK_ID=2 SLURM_JOB_ID=1 bash shard.sh || fail "shard of $name"
  [ "$(jq -Rsc 'split("\u0001")[:-1]' said)" = "$(jq -nc --arg n "/$name" '["infer", $n, "--images", $n, "--model", "model.tar.gz",
    "--threshold", "evaluate", "--no-timing", "--threads", "1", "--shard", "2/3", "-o", "shard-2.jsonl"]')" ] || fail "words: $(cat said)"
done
[ ! -e broken ] || fail "a name was run"

# The engines that work in buckets.
jq '.fan_out += {input: "s3://sets/v.manifest", output: "s3://results/v", image: "registry.example/mlopsctl@sha256:abc", function: "look",
  subnets: ["subnet-1"], security_groups: ["sg-1"], service_account: "fan-out"} |
  .artifacts.bucket = "zips-of-mine" | .functions = [{name: "look", images: "s3://sets/v/"}]' base.json > buckets.json
for engine in batch kubernetes step-functions; do
  jq --arg engine $engine '.fan_out.engine = $engine' buckets.json > spec.json
  run 0 template render fan-out -f spec.json -o $engine
  for file in $engine/*; do golden "$file" "fan-out/$engine-${file##*/}.txt"; done
  [ $engine = kubernetes ] || run 0 template validate $engine --fail-on warning
  if command -v shellcheck > /dev/null; then shellcheck $engine/run.sh || fail "shellcheck"; fi
done
run 0 template render fan-out -f spec.json -o again -q
diff -r step-functions again || fail "two renders differ"
if command -v yamllint > /dev/null; then yamllint -d relaxed kubernetes || fail "yamllint"; fi

# What is refused, with its place; nothing is left behind.
refused() { # TEXT JQ
  spec "$2"
  run 1 template render fan-out -f spec.json -o never
  err_has "$1"
  [ ! -e never ] && [ ! -e never.partial ] || fail "something was written"
}
refused "fan_out.input: './set' is no place that every machine finds; write s3://bucket/key, or a path of at most 1024 bytes from '/' on" \
  '.fan_out.input = "./set"'
refused "fan_out.output: '--overwrite' is no place" '.fan_out.output = "--overwrite"'
refused "fan_out.input: 'B' is not a bucket name" '.fan_out.input = "s3://B/key"'
refused "fan_out.output: '/a\x0a#SBATCH --uid=0' holds a control character" '.fan_out.output = "/a\n#SBATCH --uid=0"'
refused "which CloudFormation, IAM and IoT policies replace" '.fan_out.input = "/${HOME}"'
refused "'fan_out.input' is missing, which fan-out needs" 'del(.fan_out.input)'
refused "unknown key 'shard' in fan_out, did you mean 'shards'?" '.fan_out.shard = 3'
refused "fan_out.engine: 'slrum'" '.fan_out.engine = "slrum"'
refused "fan_out.shards: 20000 is outside 1 to 10000" '.fan_out.shards = 20000'
refused "fan_out.partition: 'a b' is not a partition of Slurm" '.fan_out.partition = "a b"'
refused "fan_out.image: 'mlopsctl' is not an image with its registry and a tag or digest" '.fan_out.image = "mlopsctl"'
refused "fan_out.subnets: 'eth0' is not an id of EC2; write subnet-0123abcd" '.fan_out.subnets = ["eth0"]'
refused "fan_out.function: 'infer' is not under functions" '.fan_out.function = "infer"'
refused "fan_out.output: s3://results/x: with slurm it is a folder that every machine has" '.fan_out.output = "s3://results/x"'

cp buckets.json base.json
# engine NAME TEXT JQ
engine() { refused "$2" ".fan_out.engine = \"$1\" | $3"; }
engine batch "'fan_out.image' is missing, which engine: batch needs" 'del(.fan_out.image)'
engine batch "'fan_out.subnets' is missing, which engine: batch needs" '.fan_out.subnets = []'
engine batch "'region' is missing, which engine: batch needs" 'del(.region)'
engine batch "fan_out.shards: 1: an array job of AWS Batch has 2 to 10000" '.fan_out.shards = 1'
engine batch "Fargate has no machine of 3 cpus and 2048 MB" '.fan_out.cpus = 3'
engine batch "Fargate has no machine of 1 cpus and 2500 MB" '.fan_out.memory_mb = 2500'
engine kubernetes "'fan_out.image' is missing, which engine: kubernetes needs" 'del(.fan_out.image)'
engine kubernetes "fan_out.output: /here: with kubernetes it is in a bucket; write s3://BUCKET/KEY" '.fan_out.output = "/here"'
engine kubernetes "has more than the 50 letters" ".name = \"$(printf 'x%.0s' {1..60})\""
engine step-functions "'fan_out.function' is missing, which engine: step-functions needs" 'del(.fan_out.function)'
engine step-functions "fan_out.function: 'look' keeps what it finds in its table; name one without" \
  '.tables = [{name: "seen", partition_key: "id"}] | .functions[0].table = "seen"'
