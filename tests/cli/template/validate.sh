# template validate: what is rendered passes; findings, places, exit codes and refusals.
. "$(dirname "$0")/../lib.sh"
run 0 template init
for kind in cloud-function edge-group; do
  run 0 template render $kind -o $kind
  run 0 template validate $kind --fail-on warning
  out_has ": 0 errors, 0 warnings"
done
run 0 template validate cloud-function edge-group --json
json '[.schema, .ok, .files, (.resources > 20), (.findings | length)]' '["mlopsctl.template.validate/1",true,5,true,0]'

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
