# template diff: what changes, what is replaced, what is lost; exit codes and refusals.
. "$(dirname "$0")/../lib.sh"
cat > a.yaml << 'YAML'
Parameters:
  Stage: {Type: String, Default: test}
Resources:
  Runs:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: runs
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Pictures:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties: {BucketName: pictures}
  Detect:
    Type: AWS::Lambda::Function
    Properties:
      Role: !Sub "arn:aws:iam::${AWS::AccountId}:role/${Stage}"
      Timeout: 60
      Code: {S3Bucket: mine, S3Key: a.zip}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: one}
YAML
run 0 template diff a.yaml a.yaml
out_has "no difference"
run 0 template diff a.yaml a.yaml --json
json '[.schema, .same, (.changes | length)]' '["mlopsctl.template.diff/1",true,0]'
# The same template in another syntax and order is the same.
cat > same.json << 'JSON'
{"Parameters": {"Stage": {"Default": "test", "Type": "String"}}, "Resources": {
 "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "one"}},
 "Detect": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": "a.zip", "S3Bucket": "mine"}, "Timeout": 60,
  "Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Stage}"}}},
 "Pictures": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "pictures"}},
 "Runs": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "runs", "KeySchema": [{"KeyType": "HASH", "AttributeName": "id"}],
  "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}}}}
JSON
run 0 template diff a.yaml same.json

changed() { sed "$1" a.yaml > b.yaml; }
changed 's/Timeout: 60/Timeout: 90/'
run 3 template diff a.yaml b.yaml
out_has "changed: Detect (AWS::Lambda::Function)"
out_has "  Properties.Timeout: 60 -> 90"
out_has "0 added, 0 removed, 1 changed, 0 replaced, 0 with data lost"
changed 's/TableName: runs/TableName: bench/'
run 3 template diff a.yaml b.yaml
out_has "changed: Runs (AWS::DynamoDB::Table): REPLACED: ITS DATA IS LOST (no Retain)"
out_has '  Properties.TableName: "runs" -> "bench" (replaces the resource)'
run 3 template diff a.yaml b.yaml --json
json '[.same, .counts.changed, .counts.replaced, .counts.data_loss, .changes[0].resource, .changes[0].replaced, .changes[0].data_loss,
  .changes[0].properties[0].before, .changes[0].properties[0].after, .changes[0].properties[0].replaces]' \
  '[false,1,1,1,"Runs",true,true,"runs","bench",true]'
changed 's/AttributeName: id/AttributeName: run_id/g;s/    Type: AWS::DynamoDB::Table/    Type: AWS::DynamoDB::Table\n    UpdateReplacePolicy: Retain/'
run 3 template diff a.yaml b.yaml
out_has "changed: Runs (AWS::DynamoDB::Table): REPLACED"
out_lacks "DATA IS LOST"
changed 's/BucketName: pictures/BucketName: photos/'
run 3 template diff a.yaml b.yaml
out_has "changed: Pictures (AWS::S3::Bucket): REPLACED: ITS DATA IS LOST"
changed '/^  Pictures:/,/^    Properties/d'
run 3 template diff a.yaml b.yaml
out_has "removed: Pictures (AWS::S3::Bucket)"
out_lacks "DATA IS LOST"
changed '/^  Runs:/,/^      KeySchema/d'
run 3 template diff a.yaml b.yaml
out_has "removed: Runs (AWS::DynamoDB::Table): ITS DATA IS LOST"
run 3 template diff b.yaml a.yaml
out_has "added: Runs (AWS::DynamoDB::Table)"
changed 's/Default: test/Default: live/'
run 3 template diff a.yaml b.yaml
out_has 'changed: Parameters.Stage.Default'
changed 's/AWS::SNS::Topic/AWS::SQS::Queue/'
run 3 template diff a.yaml b.yaml
out_has '  Type: "AWS::SNS::Topic" -> "AWS::SQS::Queue" (replaces the resource)'
# A type that is not known, until its schema is.
changed 's/TopicName: one/TopicName: two/'
run 3 template diff a.yaml b.yaml
out_has "changed: Topic (AWS::SNS::Topic): not known whether it is replaced (--schemas)"
mkdir schemas && echo '{"typeName": "AWS::SNS::Topic", "createOnlyProperties": ["/properties/TopicName"]}' > schemas/aws-sns-topic.json
run 3 template diff a.yaml b.yaml --schemas schemas
out_has "changed: Topic (AWS::SNS::Topic): REPLACED"
# Secrets are not shown.
changed 's/TopicName: one/TopicName: AKIAIOSFODNN7EXAMPLE/'
run 3 template diff a.yaml b.yaml
out_lacks AKIAIOSFODNN7EXAMPLE

# What is rendered, as folders.
run 0 template init
run 0 template render cloud-function -o before
sed -i 's/timeout_s: 60/timeout_s: 61/' deploy.yaml
run 0 template render cloud-function -o after
run 3 template diff before after
out_has "changed: sign-language.template.json: InferImagesFunction (AWS::Lambda::Function)"
out_has "  Properties.Timeout: 60 -> 61"
out_has "0 added, 0 removed, 1 changed, 0 replaced, 0 with data lost"

run 2 template diff a.yaml
run 1 template diff a.yaml none.yaml
err_has "none.yaml: no such file"
echo 'a: 1' > other.yaml
run 1 template diff a.yaml other.yaml
err_has "other.yaml: holds no CloudFormation template"
