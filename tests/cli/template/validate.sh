# template validate: what is rendered passes; findings, places, exit codes and refusals.
. "$(dirname "$0")/../lib.sh"
run 0 template init
for kind in benchmark-table cloud-function edge-group; do
  run 0 template render $kind -o $kind
  run 0 template validate $kind --fail-on warning
  out_has ": 0 errors, 0 warnings"
done
run 0 template validate cloud-function edge-group --json
json '[.schema, .ok, .files, (.resources > 20), (.findings | length)]' '["mlopsctl.template.validate/1",true,6,true,0]'

cat > stack.yaml << 'YAML'
Parameters:
  Spare: {Type: String}
Resources:
  Detect:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Sub "${Nam}-topic"
YAML
run 3 template validate stack.yaml
out_has "stack.yaml:7: error: Resources.Detect.Properties.TopicName: Ref of 'Nam', which the template does not have [reference-to-nothing]; correct the name, or add what is named"
out_has "stack.yaml:2: warning: Parameters.Spare: nothing uses it [unused-parameter]; remove it, or use it"
out_has "1 file, 1 resource: 1 error, 1 warning"
run 3 template validate stack.yaml --json
json '[.ok, .findings[0].rule, .findings[0].severity, .findings[0].place, .findings[0].fix]' \
  '[false,"unused-parameter","warning","stack.yaml:2","remove it, or use it"]'
run 0 template validate stack.yaml --fail-on never
sed -i 's/Nam}/Spare}/;s/Spare:/Spare:/' stack.yaml
run 0 template validate stack.yaml --fail-on warning
printf 'Parameters: {P: {Type: String}}\nResources: {A: {Type: B::C::D}}\n' > spare.yaml
run 0 template validate spare.yaml
run 3 template validate spare.yaml --fail-on warning

run 0 template validate --rules
out_has "reference-to-nothing"
run 0 template validate --rules --json
json '[.schema, (.rules | map(.rule) | index("circular-dependency") != null)]' '["mlopsctl.template.rules/1",true]'

run 2 template validate
err_has "PATH is missing; name a template, or the folder that has it"
run 2 template validate stack.yaml --fail-on sometimes
run 1 template validate none.yaml
err_has "none.yaml: no such file"
: > empty.yaml
run 1 template validate empty.yaml
err_has "empty.yaml: is empty"
echo hello > hello.txt
run 1 template validate hello.txt
err_has "hello.txt: is nothing that can be checked; CloudFormation has Resources"
mkdir nothing && echo '{"a": 1}' > nothing/a.json
run 1 template validate nothing
err_has "nothing: holds no template, recipe, deployment or policy"
printf 'Resources:\n\tA: {}\n' > tab.yaml
run 1 template validate tab.yaml
err_has "tab.yaml:2: not valid YAML"
err_has "a line starts with a tab; YAML wants spaces"
echo '{"Resources": {"A": 1, "A": 2}}' > twice.json
run 1 template validate twice.json
err_has "twice.json:1: not valid JSON: key 'A' occurs twice"
head -c 3000000 /dev/zero | tr '\0' '#' > large.yaml
run 1 template validate large.yaml
err_has "large.yaml:"

# What lies beside the template is looked into.
python3 - << 'PYTHON'
import hashlib, json, os, zipfile

with zipfile.ZipFile("detect.zip", "w") as z:
    z.writestr("boot/bootstrap", "x")
    z.writestr("app.py", "x")
with zipfile.ZipFile("large.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
    with z.open("bootstrap", "w", force_zip64=True) as f:
        for _ in range(251):
            f.write(bytes(1 << 20))
open("damaged.zip", "wb").write(open("detect.zip", "rb").read()[:40])

os.makedirs("signs/blobs/sha256")
def blob(data):
    digest = hashlib.sha256(data).hexdigest()
    open("signs/blobs/sha256/" + digest, "wb").write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}
layer = bytes(1024)
config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/x"]}, "history": [{"created_by": "x"}],
                     "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}).encode()
manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                       "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(config)},
                       "layers": [{"mediaType": "application/vnd.in-toto+json", **blob(layer)}]}).encode()
index = {"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", **blob(manifest)}]}
json.dump(index, open("signs/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open("signs/oci-layout", "w"))

def function(**properties):
    return {"Type": "AWS::Lambda::Function", "Properties": {"Role": "arn:aws:iam::123456789012:role/r", **properties}}
def zipped(key, runtime="provided.al2023", handler="bootstrap"):
    return function(Code={"S3Bucket": "mine", "S3Key": "some/" + key}, Runtime=runtime, Handler=handler)
for name, resource in {
    "lacking": zipped("detect.zip"), "python": zipped("detect.zip", "python3.12", "app.run"),
    "module": zipped("detect.zip", "python3.12", "lib.app.run"), "large": zipped("large.zip"), "damaged": zipped("damaged.zip"),
    "elsewhere": zipped("not-here.zip"), "image": function(PackageType="Image", Code={"ImageUri": "1.dkr.ecr.eu-west-1.amazonaws.com/signs:v1"}),
}.items():
    json.dump({"Resources": {"F": resource}}, open(name + ".json", "w"))
PYTHON
finds() { # TEMPLATE RULE TEXT: this and nothing else
  run 3 template validate "$1" --json
  json '.findings | map(.rule) | unique | join(",")' "$2"
  out_has "$3"
}
finds lacking.json handler-not-in-package "'bootstrap' needs bootstrap, which detect.zip does not have at its top"
finds module.json handler-not-in-package "'lib.app.run' needs lib/app.py"
finds large.json zip-too-large "large.zip unpacks to 263192576 bytes; Lambda takes 262144000 with all layers"
finds damaged.json package-unreadable "damaged.zip"
finds image.json image-refused "media type 'application/vnd.in-toto+json' is not taken"
for name in python elsewhere; do run 0 template validate $name.json --fail-on warning; done

# Published schemas, for types that are not built in; a pattern that looks ahead is named once.
mkdir schemas
cat > schemas/aws-sns-topic.json << 'JSON'
{"typeName": "AWS::SNS::Topic", "additionalProperties": false, "required": ["TopicName"], "readOnlyProperties": ["/properties/TopicArn"],
 "definitions": {"Tag": {"type": "object", "required": ["Key"], "properties": {"Key": {"type": "string", "maxLength": 3}}}},
 "properties": {"TopicName": {"type": "string", "pattern": "^(a|b)*$"}, "DisplayName": {"type": "string", "pattern": "^(?!x)"},
                "FifoTopic": {"type": "boolean"}, "TopicArn": {"type": "string"},
                "Tags": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/definitions/Tag"}}}}
JSON
topic() { printf '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {%s}}}}' "$1" > topic.json; }
topic '"TopicName": "ab", "DisplayName": "y", "Tags": [{"Key": "k"}], "FifoTopic": "true"'
run 0 template validate topic.json --schemas schemas --fail-on warning
err_has 'a pattern that looks ahead or behind is not checked: AWS::SNS::Topic: ^(?!x)'
refused() { # PROPERTIES TEXT
  topic "$1"
  run 3 template validate topic.json --schemas schemas
  out_has "$2 [schema]"
}
refused '"TopicName": "abc"' "Resources.T.Properties.TopicName: error: is 'abc', which does not match ^(a|b)*\$"
refused '"TopicName": "a", "Topic": 1' "Resources.T.Properties.Topic: error: is no property here, did you mean 'TopicArn'?"
refused '"FifoTopic": true' "Resources.T.Properties: error: lacks TopicName"
refused '"TopicName": "a", "FifoTopic": "maybe"' "is 'maybe', true or false was expected"
refused '"TopicName": "a", "Tags": [{"Key": "long"}]' "Properties.Tags[0].Key: error: has 4 characters, 3 at most"
refused '"TopicName": "a", "Tags": [{"Key": "k"}, {"Key": "k"}]' "has {\"Key\":\"k\"} twice"
refused "\"TopicName\": \"$(head -c 300000 /dev/zero | tr '\0' a)c\"" 'which does not match ^(a|b)*$'
run 1 template validate topic.json --schemas signs
err_has "signs: holds no resource schema such as aws-lambda-function.json"
echo '{"properties": {"TopicName": {"$ref": "#/properties/TopicName"}}}' > schemas/aws-sns-topic.json
run 1 template validate topic.json --schemas schemas
err_has "the schema refers to itself without end"

# Recipes, deployments and policies by themselves; Greengrass v1 in greengo's words.
mkdir own && cp edge-group/deployment.json own/ && run 0 template validate own/deployment.json
sed -i 's/"failureHandlingPolicy": "ROLLBACK"/"failureHandlingPolicy": "HOPE"/' own/deployment.json
finds own/deployment.json wrong-property "is 'HOPE', which is none of ROLLBACK, DO_NOTHING"
printf 'RecipeFormatVersion: "2020-01-25"\nComponentName: a.b\nComponentVersion: 1.0\nManifests: []\n' > own/recipe.yaml
run 3 template validate own/recipe.yaml
out_has "own/recipe.yaml:3: error: ComponentVersion:"
echo '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}' > own/policy.json
finds own/policy.json wildcard-resource "'*' allows it on everything"
printf 'Group:\n  name: g\nCores: []\n' > own/greengo.yml
run 3 template validate own/greengo.yml
out_has "own/greengo.yml:1: error: Group: Greengrass v1 ended on 2026-10-07"
