# template import: a group of Greengrass v1 becomes deploy.yaml; what has no place is listed; refusals.
. "$(dirname "$0")/../lib.sh"
cp "$HERE/import/greengo.yml" .
run 0 template import greengo.yml --region eu-west-1 --account 123456789012
out_has "deploy.yaml written"
out_has "greengo.yml:6: Cores[0].key_path: certificate and key of GG_Object_Detection_Core; they stay where they are"
out_has "model.digest is not said by the group; sha256sum of the object at url"
golden deploy.yaml import/deploy.yaml
# It renders as it is, and what is rendered has no finding.
run 0 template render edge-group -o edge
run 0 template validate edge --fail-on warning
# The same file again: the same bytes; over an old one only if asked.
run 2 template import greengo.yml --region eu-west-1 --account 123456789012
err_has "deploy.yaml"
run 0 template import greengo.yml --region eu-west-1 --account 123456789012 -o again.yaml --json
json '[.schema, .output, (.items | length > 5), (.items | map(.what, .place, .todo | length > 0) | all)]' \
  '["mlopsctl.template.import/1","again.yaml",true,true]'
json .digest "sha256:$(sha256sum again.yaml | cut -d' ' -f1)"
cmp deploy.yaml again.yaml || fail "two imports differ"
run 0 template import greengo.yml -o -
out_has "# region: eu-west-1   # DECIDE: where the group's account runs it"
err_has "deploy.yaml:6: region is not said by the group"
run 2 template import greengo.yml -o - --json

run 2 template import
run 1 template import none.yml -o x.yaml
err_has "none.yml"
: > empty.yml
run 1 template import empty.yml -o x.yaml
err_has "empty.yml: is empty"
echo 'a: 1' > other.yml
run 1 template import other.yml -o x.yaml
err_has "other.yml: is no group of Greengrass v1"
sed 's/^  name: GG/\tname: GG/' greengo.yml > tab.yml
run 1 template import tab.yml -o x.yaml
err_has "tab.yml:3: not valid YAML"
err_has "a line starts with a tab; YAML wants spaces"
# A folder of answers of the API, and a template.
mkdir answers
echo '{"Name": "signs", "Id": "7"}' > answers/group.json
echo '{"Id": "7", "Definition": {"CoreDefinitionVersionArn": "a", "LoggerDefinitionVersionArn": "x/loggers/l/versions/2"}}' > answers/version.json
echo '{"Arn": "a", "Definition": {"Cores": [{"Id": "c", "ThingArn": "arn:aws:iot:eu-west-1:123456789012:thing/desk"}]}}' > answers/cores.json
run 0 template import answers -o answers.yaml
out_has "answers/version.json:1: LoggerDefinitionVersionArn: x/loggers/l/versions/2 is not among the files"
out_has "aws greengrass get-logger-definition-version --logger-definition-id l --logger-definition-version-id 2"
grep -q 'name: desk' answers.yaml || fail "no core"
echo '{"Definition": {"Functions": [{"Id": "a b"}]}}' > answers/functions.json
run 1 template import answers -o x.yaml
err_has "answers/functions.json:1: greengrass_v1.functions[0].name: 'a b' is not a Greengrass v1 id"
mkdir nothing
run 1 template import nothing -o x.yaml
err_has "there is no group of Greengrass v1 in the folder"
cat > stack.yaml << 'YAML'
Parameters:
  VersionArn: {Type: String}
Resources:
  Functions:
    Type: AWS::Greengrass::FunctionDefinitionVersion
    Properties:
      FunctionDefinitionId: x
      Functions: [{Id: F, FunctionArn: !Ref VersionArn, FunctionConfiguration: {Pinned: 'true'}}]
  Group: {Type: AWS::Greengrass::Group, Properties: {Name: signs}}
YAML
run 0 template import stack.yaml -o stack-deploy.yaml
out_has "stack.yaml:8: Functions[0].FunctionArn is <VersionArn>; greengrass_v1.functions: add its arn"
run 1 template import stack.yaml answers -o x.yaml
err_has "stack.yaml: is no answer of Greengrass v1 but a CloudFormation template"
printf 'Cores: []\n' >> greengo.yml
run 1 template import greengo.yml -o x.yaml
err_has "key 'Cores' occurs twice"
printf 'Group: {name: "a b"}\nCores: []\n' > name.yml
run 1 template import name.yml -o x.yaml
err_has "name.yml:1: Name: 'a b' is not the name of a group"
run 1 template import greengo.yml name.yml -o x.yaml --region nowhere
[ ! -e x.yaml ] || fail "something was written"
