// What the templates for AWS share. Import it from your own template: import 'mlopsctl/aws.libsonnet'
{
  // A function of AWS::Partition, so that the same template works in aws-cn and aws-us-gov.
  // Text of deploy.yaml may stand in it: reading that file refuses "${".
  // (CloudFormation user guide, "Fn::Sub")
  sub(text):: { 'Fn::Sub': text },
  get(id, attribute):: { 'Fn::GetAtt': [id, attribute] },
  ref(id):: { Ref: id },

  // "sign-language" -> "SignLanguage": logical ids have letters and digits only.
  id(name):: std.native('logical_id')(name),

  // s3://bucket/key/with/slashes
  s3_url(url):: {
    bucket: std.native('s3_bucket')(url),
    key: std.native('s3_key')(url),
    file: std.native('file_name')(url),
  },
  s3_arn(bucket, pattern=null):: $.sub('arn:${AWS::Partition}:s3:::' + bucket +
                                       (if pattern == null then '' else '/' + pattern)),
  table_arn(name):: $.sub('arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/' + name),

  // What the pseudo parameters of 'sub' are, for documents that CloudFormation does not read.
  partition(region)::
    if std.startsWith(region, 'cn-') then 'aws-cn'
    else if std.startsWith(region, 'us-gov-') then 'aws-us-gov' else 'aws',
  account(spec, why)::
    if spec.account != null then spec.account
    else if spec.artifacts != null && spec.artifacts.registry != null then spec.artifacts.registry[0:12]
    else error 'account: is missing; add account: "123456789012" (12 digits, in quotes): ' + why,
  // The value with text in place of every 'sub'.
  written_out(value, spec, why)::
    local text = {
      '${AWS::Partition}': $.partition(spec.region),
      '${AWS::Region}': spec.region,
      '${AWS::AccountId}': $.account(spec, why),
    };
    local walk(v) =
      if std.isArray(v) then [walk(item) for item in v]
      else if !std.isObject(v) then v
      else if std.objectHas(v, 'Fn::Sub')
      then std.foldl(function(t, name) std.strReplace(t, name, text[name]), std.objectFields(text), v['Fn::Sub'])
      else { [k]: walk(v[k]) for k in std.objectFields(v) };
    walk(value),

  // A table of deploy.yaml. (CloudFormation template reference, "AWS::DynamoDB::Table")
  table(t, retention_days):: {
    Type: 'AWS::DynamoDB::Table',
    // Rows outlive the stack, and are not lost when a change would replace the table; a first deployment that fails
    // leaves nothing behind.
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      TableName: t.name,
      BillingMode: 'PAY_PER_REQUEST',
      local keys = [t.partition_key] + (if t.sort_key == null then [] else [t.sort_key]),
      AttributeDefinitions: [{ AttributeName: k, AttributeType: 'S' } for k in keys],
      KeySchema: [{ AttributeName: t.partition_key, KeyType: 'HASH' }] +
                 (if t.sort_key == null then [] else [{ AttributeName: t.sort_key, KeyType: 'RANGE' }]),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      // Predictions are about people: they go when they promised to. Benchmark rows are figures.
      [if retention_days != null && t.layout == 'item' then 'TimeToLiveSpecification']:
        { AttributeName: 'expires_at', Enabled: true },
    },
  },

  // CloudWatch keeps logs for one of these numbers of days. (CloudWatch Logs API reference, "PutRetentionPolicy")
  log_days(retention_days)::
    local wanted = if retention_days == null then 30 else retention_days;
    local allowed = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
    [d for d in allowed if d >= wanted][0],

  // A policy document; the version is the policy language's, not ours.
  // (IAM user guide, "IAM JSON policy elements: Version")
  policy(statements):: { Version: '2012-10-17', Statement: statements },
  allow(actions, resource):: { Effect: 'Allow', Action: actions, Resource: resource },
  // Who may take the role on: a service.
  trust(service):: $.policy([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }]),

  template(description, resources, outputs, parameters={}):: {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: description,
    [if std.length(parameters) > 0 then 'Parameters']: parameters,
    Resources: resources,
    [if std.length(outputs) > 0 then 'Outputs']: outputs,
  },

  // First 12 digits of "sha256:<64 hex>": enough in a name.
  short(digest):: digest[7:19],
}
