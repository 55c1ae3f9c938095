# Every kind, from one deploy.yaml, held against its judges: twice the same bytes, CloudFormation and recipes without a finding,
# shell through shellcheck, YAML through yamllint, JSON through jq.
. "$(dirname "$0")/../lib.sh"
for tool in shellcheck yamllint; do
  command -v $tool > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$tool is not installed: tests/run.sh does that"
  echo "SKIPPED: needs $tool"
  exit 77
done
run 0 template init -q
run 0 template list --json
kinds=$(jq -r '.templates[].kind' "$OUT")
[ "$(wc -w <<< "$kinds")" -ge 7 ] || fail "kinds: $kinds"
# YAML that programs wrote has long lines, no '---', and keys of GitHub's such as 'on'.
lint='{extends: default, rules: {line-length: disable, document-start: disable, truthy: {check-keys: false}}}'
judged=0
judge() { # FOLDER
  local file
  while IFS= read -r file; do
    judged=$((judged + 1))
    case $file in
      *.json) jq -e . "$file" > "$OUT" 2> "$ERR" || fail "$file is no JSON" ;;
      *.yaml | *.yml) yamllint -s -d "$lint" "$file" > "$OUT" 2> "$ERR" || fail "yamllint says something about $file" ;;
      *.sh | *.sbatch) shellcheck "$file" > "$OUT" 2> "$ERR" || fail "shellcheck says something about $file" ;;
      *) grep -q '^#!' "$file" && { shellcheck "$file" > "$OUT" 2> "$ERR" || fail "shellcheck says something about $file"; } ;;
    esac
  done < <(find "$1" -type f | sort)
  [ "$1" != v1 ] || return 0 # only of its end is something to say: below
  # What it can check passes; where a kind gives nothing that it knows, it says so.
  "$MLOPSCTL" template validate "$1" --fail-on warning > "$OUT" 2> "$ERR"
  case $? in
    0) ;;
    1) grep -q "holds no template" "$ERR" || fail "template validate $1" ;;
    *) fail "template validate $1" ;;
  esac
}
render() { # NAME KIND FLAGS...
  local name=$1 kind=$2
  shift 2
  run 0 template render "$kind" -o "$name" -q "$@"
  run 0 template render "$kind" -o again -q --overwrite "$@"
  diff -r "$name" again > "$OUT" || fail "$name: two renders differ"
  judge "$name"
}
for kind in $kinds; do render "$kind" "$kind"; done
render no-iam cloud-function --no-iam
render v1 edge-group --generation v1
run 3 template validate v1 --json
json '[.findings[].rule] | unique' '["greengrass-v1-ended"]'
for engine in batch kubernetes step-functions; do
  # These want input, output and a container in the cloud.
  sed "s|engine: slurm|engine: $engine|; s|/shared/sets/validation.manifest|s3://my-sets/validation.manifest|; s|output: /shared/results|output: s3://my-results|
    s|# image: \"registry.example/mlopsctl@sha256:...\"|image: \"registry.example/mlopsctl@sha256:$(printf '0%.0s' {1..64})\"|
    s|# subnets: .*|subnets: [subnet-0123abcd]|; s|# security_groups: .*|security_groups: [sg-0123abcd]|
    s|# function: .*|function: score|; s|^functions:|functions:\n  - {name: score, package: zip}|" deploy.yaml > $engine.yaml
  case $engine in
    batch) sed -i '/^  function:/d' $engine.yaml ;;
    kubernetes) sed -i '/^  function:/d; /subnets:/d; /security_groups:/d' $engine.yaml ;;
    step-functions) sed -i '/^  image: "registry.example/d; /subnets:/d; /security_groups:/d' $engine.yaml ;;
  esac
  render $engine fan-out -f $engine.yaml
done
sed 's/ci: github/ci: codebuild/' deploy.yaml > codebuild.yaml
render codebuild pipeline -f codebuild.yaml
[ "$judged" -ge 40 ] || fail "only $judged files"
