// Step Functions: a distributed map over the lines of a manifest, each of which is an event that the function of
// deploy.yaml understands. (Step Functions developer guide, "Distributed mode", "ItemReader", "ResultWriter")
local aws = import 'mlopsctl/aws.libsonnet';
local job = import 'mlopsctl/fan_out/job.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local f = spec.fan_out;
  local name = spec.name + '-fan-out';
  local functions = [g for g in spec.functions if g.name == f['function']];
  local fn = functions[0];
  local states = 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:';
  local input = aws.s3_url(f.input);
  local results = aws.s3_url(job.folder(spec));

  // A line of the manifest, as S3's "Object Created" comes through EventBridge; and what the score is made from is asked for.
  local picture = "$substringAfter($states.context.Map.Item.Value.`source-ref`, 's3://')";
  local event = {
    'detail-type': 'Object Created',
    detail: {
      bucket: { name: '{% $substringBefore(' + picture + ", '/') %}" },
      object: { key: '{% $substringAfter(' + picture + ", '/') %}" },
    },
    threshold: 'evaluate',
  };
  // A name that CloudFormation fills in; and the definition alone, as other tools read it, where these are taken for text.
  local definition = {
    Comment: 'Every picture of ' + f.input,
    QueryLanguage: 'JSONata',
    StartAt: 'Pictures',
    States: {
      Pictures: {
        Type: 'Map',
        ItemReader: {
          Resource: '${States}:s3:getObject',
          ReaderConfig: { InputType: 'JSONL' },
          Arguments: { Bucket: input.bucket, Key: input.key },
        },
        ItemSelector: event,
        MaxConcurrency: f.shards,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Look',
          States: {
            Look: {
              Type: 'Task',
              Resource: '${States}:lambda:invoke',
              Arguments: { FunctionName: '${Function}', Payload: '{% $states.input %}' },
              Output: '{% $states.result.Payload.pictures.prediction %}',
              [if f.retries > 0 then 'Retry']: [{
                ErrorEquals: ['States.ALL'],
                IntervalSeconds: 2,
                BackoffRate: 2,
                JitterStrategy: 'FULL',
                MaxAttempts: f.retries,
              }],
              End: true,
            },
          },
        },
        // One line a picture, in a folder of the execution's name.
        ResultWriter: {
          Resource: '${States}:s3:putObject',
          WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
          Arguments: { Bucket: results.bucket, Prefix: '{% ' + std.escapeStringJson(results.key + '/') + ' & $states.context.Execution.Name %}' },
        },
        End: true,
      },
    },
  };

  local function_arn = aws.sub('arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:' + f['function']);
  local resources = {
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: name,
        StateMachineType: 'STANDARD',
        RoleArn: aws.get('Role', 'Arn'),
        Definition: definition,
        DefinitionSubstitutions: { States: aws.sub('arn:${AWS::Partition}:states::'), Function: function_arn },
      },
    },
    // A distributed map starts executions of its own machine. (Step Functions developer guide, "IAM policies for using
    // Distributed Map state")
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: aws.trust('states.amazonaws.com'),
        Policies: [{
          PolicyName: 'only-what-it-needs',
          PolicyDocument: aws.policy([
            aws.allow('lambda:InvokeFunction', function_arn),
            aws.allow('s3:GetObject', aws.s3_arn(input.bucket, input.key)),
            aws.allow(['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
                      aws.s3_arn(results.bucket, results.key + '/*')),
            aws.allow('states:StartExecution', aws.sub(states + 'stateMachine:' + name)),
            aws.allow(['states:DescribeExecution', 'states:StopExecution'], aws.sub(states + 'execution:' + name + ':*')),
          ]),
        }],
      },
    },
  };

  local run = [
    '#!/bin/sh',
    '# Looks at every picture, waits for the last, and puts the lines together here.',
    'set -eu',
    "machine=$(aws cloudformation describe-stacks --region " + spec.region + ' --stack-name ' + name
    + " --query 'Stacks[0].Outputs[0].OutputValue' --output text)",
    'name=run-$(date -u +%Y%m%dT%H%M%SZ)',
    'execution=$(aws stepfunctions start-execution --region ' + spec.region
    + ' --state-machine-arn "$machine" --name "$name" --query executionArn --output text)',
    'status=RUNNING',
    'while [ "$status" = RUNNING ]; do',
    '  sleep 10',
    '  status=$(aws stepfunctions describe-execution --region ' + spec.region
    + ' --execution-arn "$execution" --query status --output text)',
    'done',
    'if [ "$status" != SUCCEEDED ]; then',
    '  echo "$execution: $status" >&2',
    '  exit 1',
    'fi',
    'mlopsctl store cp ' + quote.shell(job.folder(spec)) + '"/$name" "$name" --recursive',
    'cd "$name"',
  ] + job.merge(spec, './*/SUCCEEDED_*.jsonl', 1);

  local file = name + '.template.json';
  local rendered = {
    files: {
      [file]: aws.template('Every picture of a set through a function (deploy.yaml, rendered by mlopsctl)', resources,
                           { Machine: { Value: aws.ref('Machine') } }),
      'run.sh': std.lines(run),
    },
    warnings: if fn.role == null && fn.images == null
    then ["function '" + fn.name + "' may not read the pictures of " + f.input + ': add images: s3://bucket/folder/ to it']
    else [],
    next: [
      "render and deploy cloud-function, which makes '" + fn.name + "'",
      'aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + name + ' --template-file ' + file + ' --capabilities CAPABILITY_IAM',
      'sh run.sh',
    ],
  };
  job.need(spec, ['region', 'fan_out.function'], job.in_buckets(
    spec,
    if fn.table == null then rendered
    else error "fan_out.function: '" + fn.name + "' keeps what it finds in its table; name one without"
  ))
