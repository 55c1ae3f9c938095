#!/usr/bin/env bash
# templates.sh [RUNS] [SCHEMAS]: each kind of template rendered from the spec of 'template init' (Debian's jsonnet on 'null' is what
# Jsonnet itself needs to start); and 500 resources validated, by our rules and, where SCHEMAS names a folder with AWS's published
# resource schemas, by these too, beside Debian's python3-jsonschema on the same resources and schemas. Runs are interleaved; prints
# medians in milliseconds, from the start of a process to its end. Not a test.
set -eu
runs=${1:-9}
schemas=${2:+$(realpath "$2")}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages jsonnet jq python3-jsonschema
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
timed() { # NAME COMMAND...
  local name=$1 begun
  shift
  begun=$(date +%s%N)
  "$@" >out 2>err || { cat err; exit 1; }
  echo "$name $((($(date +%s%N) - begun) / 10000))" >>all
}

"$mlopsctl" template init -q
kinds=$("$mlopsctl" template list --json | jq -r '.templates[].kind')

# 125 functions with a role, a log group and a rule each, as a stack of somebody else's.
jq -n '{AWSTemplateFormatVersion: "2010-09-09", Resources: ([range(125) | tostring as $n |
  {key: "Role\($n)", value: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: "Allow", Action: "sts:AssumeRole", Principal: {Service: "lambda.amazonaws.com"}}]}}}},
  {key: "Function\($n)", value: {Type: "AWS::Lambda::Function", Properties: {FunctionName: "f-\($n)", Role: {"Fn::GetAtt": ["Role\($n)", "Arn"]}, MemorySize: 512, Timeout: 60, PackageType: "Image", Code: {ImageUri: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/f:1"}, Environment: {Variables: {TABLE: "t"}}}}},
  {key: "Logs\($n)", value: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: "/aws/lambda/f-\($n)", RetentionInDays: 30}}},
  {key: "Table\($n)", value: {Type: "AWS::DynamoDB::Table", Properties: {BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [{AttributeName: "id", AttributeType: "S"}], KeySchema: [{AttributeName: "id", KeyType: "HASH"}]}}}
] | from_entries)}' >stack.json
cat >peer.py <<'END'
import glob, json, sys
import jsonschema
schemas = {}
for path in glob.glob(sys.argv[2] + "/*.json"):
    schema = json.load(open(path))
    schemas[schema["typeName"]] = jsonschema.Draft7Validator(schema)
resources = json.load(open(sys.argv[1]))["Resources"].values()
print(sum(len(list(schemas[r["Type"]].iter_errors(r["Properties"]))) for r in resources))
END

for _ in $(seq "$runs"); do
  for kind in $kinds; do
    timed "render-$kind" "$mlopsctl" template render "$kind" -o "out-$kind" --overwrite -q
  done
  timed jsonnet jsonnet -e null
  timed validate-rules "$mlopsctl" template validate stack.json --fail-on never -q
  [ -z "$schemas" ] || timed validate-schemas "$mlopsctl" template validate stack.json --schemas "$schemas" --fail-on never -q
  [ -z "$schemas" ] || timed jsonschema /usr/bin/python3 peer.py stack.json "$schemas"
done
median() { grep "^$1 " all | awk '{print $2}' | sort -n | awk '{v[NR] = $1} END {printf "%.1f", v[int((NR + 1) / 2)] / 100}'; }
for kind in $kinds; do
  printf '%-40s %8s ms\n' "render $kind" "$(median "render-$kind")"
done
printf '%-40s %8s ms\n' "Jsonnet's start, in each of these" "$(median jsonnet)"
printf '%-40s %8s ms\n' "validate 500 resources, our rules" "$(median validate-rules)"
[ -z "$schemas" ] || printf '%-40s %8s ms; python3-jsonschema %8s ms\n' "validate 500 resources, with schemas" "$(median validate-schemas)" "$(median jsonschema)"
