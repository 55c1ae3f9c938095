# template render pipeline: what CI is given, run here as far as it goes without a cloud, and every refusal.
. "$(dirname "$0")/../lib.sh"
run 0 template init

# The example, for both.
run 0 template render pipeline -o github
out_has "put sign-language.yml into .github/workflows/ of my-company/sign-language"
for file in github/*; do golden "$file" "pipeline/${file##*/}.txt"; done
sed 's/^  ci: github/  ci: codebuild/' deploy.yaml > codebuild.yaml
run 0 template render pipeline -f codebuild.yaml -o codebuild
for file in codebuild/*; do golden "$file" "pipeline/codebuild-${file##*/}.txt"; done
for folder in github codebuild; do run 0 template validate $folder --fail-on warning; done
# No key is stored, every action is a commit, and rights in the cloud are for the job that deploys alone.
grep -q 'secrets\.\|aws-secret\|AKIA' github/* && fail "a secret"
[ "$(grep -c 'uses: ' github/sign-language.yml)" = "$(grep -cE 'uses: [a-z-]+/[a-z-]+@[0-9a-f]{40}  # v[0-9]+\.[0-9]+\.[0-9]+$' github/sign-language.yml)" ] || fail "an action is not pinned"
if command -v yamllint > /dev/null; then
  yamllint -d '{extends: default, rules: {line-length: disable}}' github/sign-language.yml || fail "yamllint"
  yamllint -d '{extends: default, rules: {line-length: disable, document-start: disable}}' codebuild/buildspec.yml || fail "yamllint"
fi
python3 -c 'import yaml' 2> /dev/null || { echo "SKIPPED: the steps are not run: needs python3-yaml"; exit 77; }
cat > steps.py << 'END'
import json, sys, yaml
document = yaml.safe_load(open(sys.argv[1]))
if "jobs" in document:
    jobs = document["jobs"]
    assert jobs["check"].get("permissions") is None and document["permissions"] == {"contents": "read"}
    assert jobs["deploy"]["needs"] == "check" and "id-token" in jobs["deploy"]["permissions"]
    steps = [s["run"] for job in ("check", "deploy") for s in jobs[job]["steps"] if "run" in s]
else:
    steps = [c for phase in ("pre_build", "build") for c in document["phases"][phase]["commands"]]
json.dump(steps, sys.stdout)
END

# A repository with a model, a set and a deploy.yaml, whose names a shell would take apart.
mkdir repository
cd repository || exit 1
run 0 capture 'pattern:shapes?seed=5&size=320x240&fps=10&seconds=3' -o 'the set'
cp -r "$MLOPSCTL_SOURCE/examples/shapes/model" "my model"
run 0 package model "my model" -o packed.tar.gz
HEX=$(sha256sum packed.tar.gz | cut -d' ' -f1)
rm packed.tar.gz
jq -n --arg digest "sha256:$HEX" '{schema: "mlopsctl.deploy/1", name: "shapes", region: "eu-west-1", account: "123456789012",
  model: {url: "s3://models/shapes/model.tar.gz", digest: $digest}, tables: [{name: "benchmark", layout: "benchmark"}],
  pipeline: {repository: "o/r", image: ("r.example/mlopsctl@sha256:" + "a" * 64), model: "my model", data: "the set/labels.manifest",
    gates: ["map_50>=0.5"], deploy: ["benchmark-table"], deploy_role: "arn:aws:iam::123456789012:role/deploys"}}' > deploy.yaml
mkdir ../bin
printf '#!/bin/sh\n[ "$1" != store ] || { echo "$@" >> "$WORK/cloud"; exit 0; }\nexec "%s" "$@"\n' "$MLOPSCTL" > ../bin/mlopsctl
printf '#!/bin/sh\necho aws "$@" >> "$WORK/cloud"\n' > ../bin/aws
chmod +x ../bin/*
export WORK
pipeline() { # CI: runs its steps as it would, until one fails
  local count i
  : > "$WORK/cloud"
  rm -rf rendered bench.db model.tar.gz
  run 0 template render pipeline -o ../out --overwrite
  python3 ../steps.py ../out/*.yml > ../steps.json || fail "steps"
  count=$(jq length ../steps.json)
  for i in $(seq 0 $((count - 1))); do
    jq -r ".[$i]" ../steps.json > ../step.sh
    if command -v shellcheck > /dev/null; then shellcheck -s bash ../step.sh > "$OUT" || fail "shellcheck"; fi
    PATH=$WORK/bin:$PATH GITHUB_SHA=abc CODEBUILD_RESOLVED_SOURCE_VERSION=abc bash --noprofile --norc -eo pipefail ../step.sh > "$OUT" 2> "$ERR" || return
  done
}
for ci in github codebuild; do
  jq --arg ci $ci '.pipeline.ci = $ci' deploy.yaml > new && mv new deploy.yaml
  pipeline || fail "$ci: step $(cat ../step.sh)"
  [ "$(cat ../cloud)" = "store cp model.tar.gz s3://models/shapes/model.tar.gz --overwrite
aws cloudformation deploy --region eu-west-1 --stack-name shapes-benchmark --template-file rendered/benchmark-table/shapes-benchmark.template.json --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --role-arn arn:aws:iam::123456789012:role/deploys" ] ||
    fail "$ci: $(cat ../cloud)"
  run 0 bench show --table bench.db --json
  json '.rows | length' 1
  # A gate that is not met ends it before anything is pushed; so does a model that deploy.yaml does not name.
  cp deploy.yaml kept
  jq '.pipeline.gates = ["map_50>=0.999"]' kept > deploy.yaml
  pipeline && fail "$ci: a gate that is not met"
  err_has "map_50"
  [ ! -s ../cloud ] || fail "$ci: pushed"
  jq '.model.digest = "sha256:" + "b" * 64' kept > deploy.yaml
  pipeline && fail "$ci: another model"
  err_has "the model there has the digest sha256:$HEX, and deploy.yaml names another"
  [ ! -s ../cloud ] || fail "$ci: pushed"
  mv kept deploy.yaml
done

# What is refused.
refused() { # TEXT JQ
  jq "$2" deploy.yaml > ../spec.json
  run 1 template render pipeline -f ../spec.json -o ../never
  err_has "$1"
  [ ! -e ../never ] && [ ! -e ../never.partial ] || fail "something was written"
}
refused "pipeline.ci: 'jenkins'" '.pipeline.ci = "jenkins"'
refused "'pipeline.gates' is missing, which pipeline needs" 'del(.pipeline.gates)'
refused "pipeline.model: '../model' is outside the repository" '.pipeline.model = "../model"'
refused "pipeline.data: '/set' is outside the repository" '.pipeline.data = "/set"'
refused "pipeline.data: '-rf' is outside the repository" '.pipeline.data = "-rf"'
refused "pipeline.data: '\$(touch x)' is not a path in the repository" '.pipeline.data = "$(touch x)"'
refused "holds '{{'" '.pipeline.gates = ["${{ secrets.KEY }}"]'
refused "pipeline.gates: 'map_50>=0.9" '.pipeline.gates = ["map_50>=0.9\u2028- run: x"]'
refused "pipeline.branch: 'main]' is not a branch" '.pipeline.branch = "main]"'
refused "pipeline.repository: 'name' is not OWNER/NAME" '.pipeline.repository = "name"'
refused "pipeline.deploy: 'cloud-functoin' is no kind that a stack is made of, did you mean 'cloud-function'?" '.pipeline.deploy = ["cloud-functoin"]'
refused "pipeline.deploy_role: is missing: CloudFormation needs a role to deploy with" 'del(.pipeline.deploy_role)'
refused "unknown key 'gate' in pipeline, did you mean 'gates'?" '.pipeline.gate = "x"'
# A gate of the worst kind is one word of the shell.
jq '.pipeline.gates = ["map_50>=0.9; touch broken #", "`touch broken`", "it'"'"'s \"x\" %a \\"]' deploy.yaml > ../spec.json
run 0 template render pipeline -f ../spec.json -o ../hostile -q
python3 ../steps.py ../hostile/*.yml | jq -r '.[]' > ../step.sh
bash -n ../step.sh || fail "bash -n"
printf '#!/bin/sh\nprintf "%%s\\001" "$@" > "$WORK/said"\n' > ../bin/mlopsctl
sed -n '/bench run/p' ../step.sh | PATH=$WORK/bin:$PATH CODEBUILD_RESOLVED_SOURCE_VERSION=abc bash
[ "$(jq -Rsc 'split("\u0001")[:-1] | [.[index("--gate"):][]] | map(select(. != "--gate"))[:3]' ../said)" = "$(jq -c .pipeline.gates ../spec.json)" ] || fail "$(cat ../said)"
[ ! -e broken ] || fail "a gate was run"
run 0 template render pipeline -f <(jq '.pipeline.image = "r.example/mlopsctl:1"' deploy.yaml) -o ../tag
err_has "has a tag, which may be another image tomorrow"
