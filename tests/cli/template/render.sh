# template render: golden files, and every refusal.
. "$(dirname "$0")/../lib.sh"
run 0 template init

# What is rendered from the example.
run 0 template render cloud-function -o cloud
out_has "cloud/sign-language.template.json"
out_has "aws cloudformation deploy --region eu-west-1 --stack-name sign-language"
err_has "bucket 'sign-language-pictures' must send its events to EventBridge"
err_has "function 'infer-images' has no digest: new code under the same name is not seen by CloudFormation, and the registry takes a tag once; add digest"
err_has "deploy.yaml: model.digest is the all-zero one of the example"
sed 's/sha256:0*"/sha256:'"$(printf 'a%.0s' {1..64})"'"/' deploy.yaml > filled.yaml
run 0 template render cloud-function -f filled.yaml -o filled
grep -q all-zero "$ERR" && fail "a digest that was filled in is warned of"
golden cloud/sign-language.template.json cloud-function/sign-language.template.json
golden cloud/sign-language-registry.template.json cloud-function/sign-language-registry.template.json
run 0 template validate cloud
# Somebody else makes the roles: what to ask for lies beside a template that has none, and takes their ARNs.
run 0 template render cloud-function --no-iam -o asked
golden asked/policy-infer-images.json cloud-function/policy-infer-images.json
golden asked/trust-policy.json cloud-function/trust-policy.json
grep -q AWS::IAM asked/*.json && fail "a role is made"
grep -q 'AWS::' asked/*policy*.json && fail "a name is not written out"
out_has "--parameter-overrides InferImagesRoleArn=arn:aws:iam::123456789012:role/infer-images"
grep -q CAPABILITY_IAM "$OUT" && fail "a capability that is not needed"
run 0 template validate asked
run 2 template render edge-group --no-iam -o never
err_has "--no-iam: is not for edge-group; 'mlopsctl template list' says which kinds take it"
sed 's/    # url: {auth: iam}/    url: {auth: none}/; s/    # reserved/    reserved/' deploy.yaml > open.yaml
run 0 template render cloud-function -f open.yaml -o open
err_has "function 'infer-images' answers the whole world (url.auth: none), and each call is paid for"
err_has "takes 5 of the account's concurrent runs for itself"
run 3 template validate open
out_has "everybody may call the function [public-access]"
sed 's/    # url: {auth: iam}/    url: {auth: iam}/' deploy.yaml > open.yaml
run 0 template render cloud-function -f open.yaml -o closed
run 0 template validate closed
run 0 template render benchmark-table -o table
out_has "aws cloudformation deploy --region eu-west-1 --stack-name sign-language-benchmark"
out_has "mlopsctl bench run --model MODEL --data FILE --table 'dynamodb://benchmark?region=eu-west-1'"
golden table/sign-language-benchmark.template.json benchmark-table/sign-language-benchmark.template.json
run 0 template validate table
# The same table as the functions' own stack has, and the keys that bench asks for.
[ "$(jq -c .Resources.BenchmarkTable table/*.json)" = "$(jq -c .Resources.BenchmarkTable cloud/sign-language.template.json)" ] || fail "two tables"
[ "$(jq -c '[.Resources[].Properties.KeySchema[].AttributeName]' table/*.json)" = '["model_dataset","run_id"]' ] || fail "keys"
sed '/layout: benchmark/d; /nightly-bench/,/schedule/d' deploy.yaml > none.yaml
run 1 template render benchmark-table -f none.yaml -o none
err_has "no table with 'layout: benchmark' is to be made"
run 0 template render edge-group -o edge
err_has "components that it leaves out are uninstalled"
golden edge/sign-language-edge.template.json edge-group/sign-language-edge.template.json
golden edge/deployment.json edge-group/deployment.json
jq -e '.components[].configurationUpdate.merge // empty | fromjson | .serve.cameras["front-desk"] == "/dev/v4l/by-id/usb-cam"' \
  edge/deployment.json > /dev/null || fail "merge is not a document as text"
for recipe in edge/recipes/*.json; do
  name=$(jq -r .ComponentName "$recipe")
  golden "$recipe" "edge-group/$name.json"
  [ "$(jq -r .ComponentVersion "$recipe")" = "$(jq -r ".components[\"$name\"].componentVersion" edge/deployment.json)" ] ||
    fail "the deployment names another version of $name"
  # The stack has the same recipe as the file.
  jq -e --slurpfile r "$recipe" '[.Resources[].Properties.InlineRecipe // empty | fromjson] | index($r[0]) != null' \
    edge/sign-language-edge.template.json > /dev/null || fail "the stack has another recipe of $name"
done

# The group as Greengrass v1 had it: a stack and a greengo file a core, and what has ended is said.
run 0 template render edge-group --generation v1 -o first
err_has "Greengrass v1 ended on 2026-10-07: the service takes no group any more; leave --generation v1 out for v2"
golden first/front-desk-v1.template.json edge-group/front-desk-v1.template.json
golden first/front-desk.greengo.yaml edge-group/front-desk.greengo.yaml
yamllint -d '{extends: default, rules: {line-length: disable, document-start: disable}}' first/*.yaml || fail "yamllint"
run 3 template validate first/front-desk-v1.template.json --json
json '[.findings[].rule] | unique' '["greengrass-v1-ended"]'
sed -i '/name: back-door/d' deploy.yaml
for file in template.json greengo.yaml; do
  run 0 template render edge-group --generation v1 -o one --overwrite
  run 0 template import one/front-desk*"$file" -o again.yaml --overwrite
  run 0 template render edge-group --generation v1 -f again.yaml -o two --overwrite
  [ "$file" = template.json ] && { diff one/front-desk-v1.template.json two/front-desk-v1.template.json || fail "the way there and back"; }
  [ "$file" = greengo.yaml ] && { diff one/front-desk.greengo.yaml two/front-desk.greengo.yaml || fail "the way there and back"; }
done
run 0 template init --overwrite
run 2 template render cloud-function --generation v1 -o no
err_has "--generation: is not for cloud-function"
run 2 template render edge-group --generation v3 -o no
sed '/^greengrass_v1:/,/^  loggers/d' deploy.yaml | sed '/GreengrassSystem\|component: Lambda/d' > none.yaml
run 1 template render edge-group --generation v1 -f none.yaml -o no
err_has "'greengrass_v1.functions' is missing, which edge-group --generation v1 needs"

# Two renders: the same bytes.
run 0 template render edge-group -o edge2 -q
diff -r edge edge2 || fail "two renders differ"
run 0 template render edge-group -o edge2 --overwrite --json
json .schema mlopsctl.template.render/1
json .kind edge-group
json '.files | length' 5
json '[.files[].name] as $names | ($names | sort) == $names' true
json '.warnings | length > 0' true
digest=$(jq -r '.files[] | select(.name == "deployment.json") | .digest' "$OUT")
[ "$digest" = "sha256:$(sha256sum edge2/deployment.json | cut -d' ' -f1)" ] || fail "digest $digest"

# The model's install script does what it says, again and again, and refuses other bytes.
mkdir -p artifacts work model
echo 'name: x' > model/model.yaml
tar -czf artifacts/model.tar.gz -C model .
hex=$(sha256sum artifacts/model.tar.gz | cut -d' ' -f1)
sed "s/sha256:0\{64\}/sha256:$hex/" deploy.yaml > real.yaml
run 0 template render edge-group -f real.yaml -o real -q
jq -r '.Manifests[0].Lifecycle.Install.Script' real/recipes/*Model*.json |
  sed "s|{work:path}|$PWD/work|g; s|{artifacts:path}|$PWD/artifacts|g" > install.sh
for _ in 1 2; do sh install.sh > "$OUT" 2> "$ERR" || fail "install.sh"; done
[ "$(cat work/current/model.yaml)" = "name: x" ] || fail "no model"
echo more >> artifacts/model.tar.gz
! sh install.sh > "$OUT" 2> "$ERR" || fail "install.sh took other bytes"
if command -v shellcheck > /dev/null; then
  shellcheck -s sh install.sh || fail "install.sh"
fi
# A zip is unpacked by the nucleus; its bytes are checked all the same.
mkdir -p unpacked/model && cp model/model.yaml unpacked/model/
echo zip > artifacts/model.zip
hex=$(sha256sum artifacts/model.zip | cut -d' ' -f1)
sed "s/sha256:0\{64\}/sha256:$hex/; s/model.tar.gz/model.zip/" deploy.yaml > zip.yaml
run 0 template render edge-group -f zip.yaml -o zip -q
jq -e '.Manifests[0].Artifacts[0].Unarchive == "ZIP"' zip/recipes/*Model*.json > /dev/null || fail "not unpacked"
jq -r '.Manifests[0].Lifecycle.Install.Script' zip/recipes/*Model*.json |
  sed "s|{work:path}|$PWD/work|g; s|{artifacts:path}|$PWD/artifacts|g; s|{artifacts:decompressedPath}|$PWD/unpacked|g" > install.sh
rm -rf work && mkdir work
sh install.sh > "$OUT" 2> "$ERR" || fail "install.sh of a zip"
[ "$(cat work/current/model.yaml)" = "name: x" ] || fail "no model from a zip"

# The output folder.
run 2 template render edge-group -o edge
err_has "edge"
mkdir theirs && touch theirs/file
run 2 template render edge-group -o theirs --overwrite
[ -f theirs/file ] || fail "a folder that is not ours was replaced"
run 2 template render edge-group
err_has "-o: the folder to write is missing; add -o DIR"
run 2 template render edge-group -o -
err_has "a template gives several files"

# Specs that are refused; nothing is left behind.
refused() { # RC TEXT: new.yaml
  run "$1" template render "${kind:-cloud-function}" -f new.yaml -o never
  err_has "$2"
  [ ! -e never ] && [ ! -e never.partial ] || fail "something was written"
}
run 2 template render cloud-functoin -o never
err_has "did you mean 'cloud-function'?"
rm -f new.yaml
refused 2 "new.yaml: no such file; 'mlopsctl template init -o new.yaml' writes one to edit"
: > new.yaml
refused 1 "new.yaml: is empty"
printf 'schema: mlopsctl.deploy/1\nname: x\n\tregion: y\n' > new.yaml
refused 1 "new.yaml:3"
sed 's/timeout_s: 900 /timeout_s: 3600 /; s/timeout_s: 900$/timeout_s: 3600/' deploy.yaml > new.yaml
refused 1 "functions[1].timeout_s: 3600 is outside 1 to 900"
sed '/  digest:/d' deploy.yaml > new.yaml
refused 1 "model.digest: is missing"
sed '/^retention_days/d' deploy.yaml > new.yaml
refused 1 "retention_days is not set: pictures of people need an end"
sed 's/auth: iam/auth: all/; s/# url/url/' deploy.yaml > new.yaml
refused 1 "auth: 'all'"
sed 's/^region: eu-west-1/region: us-east-1/' deploy.yaml > new.yaml
refused 1 "is in another region than the functions (us-east-1)"
sed 's/Gesture ID/{{resolve:ssm:x}}/' deploy.yaml > new.yaml
refused 1 "which CloudFormation resolves wherever it stands"
sed 's/suffix: .jpg/sufix: .jpg/' deploy.yaml > new.yaml
refused 1 "unknown key 'sufix' in functions[0].triggers[0].s3, did you mean 'suffix'?"
sed '/^functions:/,/^tables:/{/^tables:/!d}' deploy.yaml > new.yaml
refused 1 "'functions' is missing, which cloud-function needs; add it"
kind=edge-group
sed 's/model.tar.gz/model.rar/' deploy.yaml > new.yaml
refused 1 "new.yaml: model.url: 'model.rar' is not .tar.gz, .tgz or .zip"
sed "s#blog/infer/input#$(printf 'a%.0s' $(seq 250))#; s#dynamo/input#$(printf 'b%.0s' $(seq 250))#; s#dynamo/output#$(printf 'c%.0s' $(seq 250))#" deploy.yaml > new.yaml
refused 1 "characters; at most 2048: use shorter topics"

# One's own template.
run 1 template render cloud-function -o never --template nosuch.jsonnet
err_has "nosuch.jsonnet"
printf 'function(spec)\n  {files: {"a.yaml": {name: spec.name, no: "no"}, "b/c.sh": "echo"}}\n' > mine.jsonnet
run 0 template render cloud-function -o mine --template mine.jsonnet
grep -q '^name: sign-language$' mine/a.yaml || fail "a.yaml: $(cat mine/a.yaml)"
[ "$(cat mine/b/c.sh)" = echo ] || fail "b/c.sh"
printf 'function(spec)\n  {files: {a: spec.nme}}\n' > mine.jsonnet
run 1 template render cloud-function -o never --template mine.jsonnet
err_has "mine.jsonnet:2:15-23: field does not exist: nme"
printf 'function(spec) {files: {a: importstr "/etc/passwd"}}\n' > mine.jsonnet
run 1 template render cloud-function -o never --template mine.jsonnet
err_has "lies outside the template's folder"
printf 'template: {render: {template: mine.jsonnet}}\n' > mlops.yaml
run 2 template render cloud-function -o never
err_has "template"
