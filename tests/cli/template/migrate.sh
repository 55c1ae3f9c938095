# template migrate: a group of Greengrass v1 as components of v2; what became of each part; refusals.
. "$(dirname "$0")/../lib.sh"
# Scripts of recipes, as a shell gets them: the nucleus puts paths in place of {...}.
check_scripts() { # FOLDER
  python3 - "$1" << 'PY' || fail "recipes"
import glob, re, sys, yaml
for path in glob.glob(sys.argv[1] + "/recipes/*.yaml"):
    recipe = yaml.safe_load(open(path))
    name = recipe["ComponentName"]
    assert path.endswith(f"/{name}-{recipe['ComponentVersion']}.yaml"), path
    assert len(open(path).read()) <= 16000, path
    for step, body in recipe["Manifests"][0]["Lifecycle"].items():
        if step != "Setenv":
            script = re.sub(r"\{[a-zA-Z.]+:[a-zA-Z:./]+\}", "/greengrass/x", body["Script"])
            open(f"{name}.{step}.sh", "w").write("#!/bin/sh\n" + script + "\n")
PY
  shellcheck -s sh -e SC2016 ./*.sh || fail "shellcheck"
  yamllint -d '{extends: default, rules: {line-length: disable, document-start: disable}}' "$1/recipes" || fail "yamllint"
}
cp "$HERE/import/greengo.yml" .
run 0 template import greengo.yml --region eu-west-1 --account 123456789012

# Complete: three functions, three resources, seven subscriptions, in the report and in the files.
run 0 template migrate deploy.yaml -o v2 --json
json .schema mlopsctl.template.migrate/1
json '[.items[].kind] | group_by(.) | map([.[0], length])' \
  '[["core",1],["function",3],["resource",3],["role",1],["subscription",7]]'
json '[.items[].became | startswith("nothing")] | any' false
report=v2/report.md
[ "$(grep -c '^| function ' $report) $(grep -c '^| resource ' $report) $(grep -c '^| subscription ' $report)" = "3 3 7" ] || fail "$report"
grep -q '^Functions: 3, resources: 3, subscriptions: 7,' $report || fail "no count"
[ "$(find v2/recipes -name '*.yaml' | wc -l)" = 4 ] || fail "not three functions and a model"
python3 - << 'PY' || fail "routes"
import glob, json, yaml
recipes = {r["ComponentName"].split(".")[-1]: r for r in map(lambda p: yaml.safe_load(open(p)), glob.glob("v2/recipes/*.yaml"))}
assert sorted(recipes) == ["BlogInfer", "DynamoItem", "Model", "VideoIngest"], recipes
ways = {n: r["ComponentConfiguration"]["DefaultConfiguration"]["routes"] for n, r in recipes.items() if n != "Model"}
count = lambda *keys: sum(len(w[k]) for w in ways.values() for k in keys)
# Four to or from the cloud and two more, one of them heard by two; each local one has two ends.
assert count("cloud_in", "cloud_out") == 5 and count("local_in") == count("local_out") == 2, ways
video = recipes["VideoIngest"]
control = video["ComponentConfiguration"]["DefaultConfiguration"]["accessControl"]
assert [p["resources"] for p in control["aws.greengrass.ipc.mqttproxy"].values()] == [["video/input"], ["video/output"]]
install = video["Manifests"][0]["Lifecycle"]["Install"]["Script"]
assert "/dev/video0" in install and "ln -sfn /shared/greengrass/buffer /buffer" in install, install
infer = recipes["BlogInfer"]
assert infer["Manifests"][0]["Lifecycle"]["Setenv"] == {"LANGUAGE": "no"}, infer
assert "com.mlopsctl.GGObjectDetection.Model" in infer["ComponentDependencies"], infer
deployment = json.load(open("v2/deployment.json"))
for name, component in recipes.items():
    assert deployment["components"][component["ComponentName"]]["componentVersion"] == component["ComponentVersion"], name
PY
check_scripts v2
run 0 template validate v2 --fail-on warning
out_has "5 files"
golden v2/report.md migrate/report.md
golden v2/deployment.json migrate/deployment.json
golden "$(find v2/recipes -name '*VideoIngest*')" migrate/VideoIngest.yaml
golden "$(find v2/recipes -name '*Model*')" migrate/Model.yaml

# The group itself, and a second time: the same bytes.
run 0 template migrate greengo.yml -o direct --region eu-west-1 --account 123456789012
err_has "greengo.yml:6: Cores[0].key_path"
err_has "components that it leaves out are uninstalled"
diff -r v2 direct || fail "two migrations differ"

# The same group as a CloudFormation template, with the ARNs that nobody knows yet as its parameters.
run 0 template render edge-group --generation v1 -f deploy.yaml -o first
run 0 template migrate first/GG_Object_Detection_Core-v1.template.json -o stack --region eu-west-1 --account 123456789012 --json
json '[.items[].kind] | group_by(.) | map([.[0], length])' \
  '[["core",1],["function",3],["resource",3],["role",1],["subscription",7]]'
err_has "VideoIngestVersionArn"

# Lambda functions that stay what they are.
sed -i 's/^\(    - name: \(VideoIngest\|BlogInfer\|DynamoItem\)\)$/\1\n      arn: "arn:aws:lambda:eu-west-1:123456789012:function:\2:1"/' deploy.yaml
run 0 template migrate deploy.yaml -o lambda --functions lambda
[ "$(find lambda/lambda -name '*.json' | wc -l)" = 3 ] || fail "not three Lambda components"
golden lambda/report.md migrate/lambda-report.md
golden lambda/lambda/com.mlopsctl.GGObjectDetection.BlogInfer.json migrate/BlogInfer.json
jq -e '.components["aws.greengrass.LegacySubscriptionRouter"].configurationUpdate.merge | fromjson | .subscriptions | length == 5' \
  lambda/deployment.json > /dev/null || fail "not five routes"
[ "$(jq -s '[.[].lambdaFunction.componentLambdaParameters.eventSources[]?] | length' lambda/lambda/*.json)" = 4 ] || fail "not four sources"
[ "$(jq -s '[.[].lambdaFunction.componentLambdaParameters.linuxProcessParams.containerParams | (.volumes[]?, .devices[]?)] | length' lambda/lambda/*.json)" = 4 ] ||
  fail "not three volumes and a device"
run 0 template validate lambda --fail-on warning

# What has no equivalent is said.
cat > rest.yaml << 'YAML'
schema: mlopsctl.deploy/1
name: rest
region: eu-west-1
account: "123456789012"
artifacts: {bucket: my-artifacts}
retention_days: 1
edge:
  cores: [{name: a, camera: /dev/video0}]
  components: [{name: aws.greengrass.Nucleus, version: 2.9.1}]
greengrass_v1:
  functions:
    - {name: F, executable: bin/f, exec_args: "-a b$c", run_as: {uid: 7}, encoding: binary, lambda_variables: [{name: A, value: "1"}]}
  resources:
    - {id: s, kind: secret, source: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x"}
    - {id: j, kind: sagemaker-model, source: "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x", destination: /ml}
  subscriptions:
    - {source: "Device::D", topic: a/+, target: "Lambda::F"}
    - {source: "Lambda::F", topic: b, target: "Connector::C"}
    - {source: GGShadowService, topic: $aws/things/D/shadow/update, target: "Device::D"}
  loggers:
    - {component: Lambda, level: FATAL, type: FileSystem, space_kb: 10}
    - {component: GreengrassSystem, level: WARN, type: AWSCloudWatch}
  devices: [{name: D, sync_shadow: true}]
  connectors: [{name: C, arn: "arn:aws:greengrass:eu-west-1::/connectors/SNS/versions/4"}]
YAML
run 0 template migrate rest.yaml -o rest
err_has "'j (sagemaker-model)' (resource) became nothing: no component downloads from a SageMaker job"
err_has "'Lambda::F > b > Connector::C' (subscription) became nothing: connectors are gone"
golden rest/report.md migrate/rest-report.md
jq -e '.components["aws.greengrass.Nucleus"].configurationUpdate.merge | fromjson == {logging: {level: "ERROR", outputType: "FILE", totalLogsSizeKB: "10"}}' \
  rest/deployment.json > /dev/null || fail "no log configuration"
jq -e '.components["com.mlopsctl.Rest.F"].runWith.posixUser == "7"' rest/deployment.json > /dev/null || fail "no user"
[ -f rest/configuration/aws.greengrass.SecretManager.json ] || fail "no configuration of secrets"
grep -qF "/bin/f\\\" -a 'b\$c'" rest/recipes/*.F-*.yaml || fail "arguments"
rm -f ./*.sh && check_scripts rest
run 0 template validate rest

run 2 template migrate
run 2 template migrate deploy.yaml
err_has "-o: the folder to write is missing"
run 2 template migrate deploy.yaml -o -
run 2 template migrate deploy.yaml -o v2
run 2 template migrate deploy.yaml -o x --functions nothing
run 1 template migrate none.yaml -o x
err_has "none.yaml: no such file"
run 1 template migrate rest.yaml -o x --functions lambda
err_has "'F' has no arn, which a Lambda component needs"
sed '/^greengrass_v1/,$d' rest.yaml > without.yaml
run 1 template migrate without.yaml -o x
err_has "'greengrass_v1.functions' is missing, which migrate needs"
sed '/^artifacts/d' rest.yaml > bucket.yaml
run 1 template migrate bucket.yaml -o x
err_has "artifacts.bucket: is missing, where the code of functions is uploaded"
sed 's/name: F,/name: J,/; s/Lambda::F/Lambda::J/; s/kind: sagemaker-model, source: "arn[^"]*"/kind: s3-model, source: s3:\/\/b\/m.zip/; s/s3:..b./s3:\/\/bucket\//' rest.yaml > twice.yaml
run 1 template migrate twice.yaml -o x
err_has "'J' and 'j' would be the same component, com.mlopsctl.Rest.J; rename the function or the model"
long=$(printf 'x%.0s' {1..16000})
sed "s/lambda_variables: .*]/variables: [{name: A, value: $long}]/" rest.yaml > long.yaml
run 1 template migrate long.yaml -o x
err_has "the recipe of com.mlopsctl.Rest.F has 17157 bytes; Greengrass takes 16000: split the variables of F"
[ ! -e x ] || fail "something was written"
