// AWS Batch: an array job of shards on Fargate, and a job that depends on it. The template makes the queue and the two
// definitions, run.sh submits. (AWS Batch user guide, "Array jobs", "Job dependencies")
local aws = import 'mlopsctl/aws.libsonnet';
local job = import 'mlopsctl/fan_out/job.libsonnet';

function(spec)
  local f = spec.fan_out;
  local name = spec.name + '-fan-out';
  // Fargate has these sizes. (AWS Batch API reference, "ResourceRequirement")
  local sizes = { '1': [2, 8], '2': [4, 16], '4': [8, 30], '8': [16, 60], '16': [32, 120] };
  local size = std.get(sizes, '' + f.cpus, [1, 0]);
  local step = if f.cpus == 8 then 4 else if f.cpus == 16 then 8 else 1;
  local fits = f.memory_mb % (1024 * step) == 0 && f.memory_mb >= size[0] * 1024 && f.memory_mb <= size[1] * 1024;

  local definition(what, lines) = {
    Type: 'AWS::Batch::JobDefinition',
    Properties: {
      JobDefinitionName: name + '-' + what,
      Type: 'container',
      PlatformCapabilities: ['FARGATE'],
      RetryStrategy: { Attempts: f.retries + 1 },
      Timeout: { AttemptDurationSeconds: f.time_limit_minutes * 60 },
      ContainerProperties: {
        Image: f.image,
        Command: ['/bin/sh', '-c', std.lines(lines)],
        Environment: [{ Name: 'HOME', Value: '/tmp' }, { Name: 'AWS_REGION', Value: spec.region }],
        ResourceRequirements: [{ Type: 'VCPU', Value: '' + f.cpus }, { Type: 'MEMORY', Value: '' + f.memory_mb }],
        JobRoleArn: aws.get('JobRole', 'Arn'),
        ExecutionRoleArn: aws.get('ExecutionRole', 'Arn'),
        LogConfiguration: {
          LogDriver: 'awslogs',
          Options: { 'awslogs-group': aws.ref('Logs'), 'awslogs-region': spec.region, 'awslogs-stream-prefix': what },
        },
        NetworkConfiguration: { AssignPublicIp: 'DISABLED' },
      },
    },
  };

  local resources = {
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/batch/' + name, RetentionInDays: aws.log_days(spec.retention_days) } },
    // What the shards may do: read the set and the model, write the results.
    JobRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: aws.trust('ecs-tasks.amazonaws.com'),
        Policies: [{ PolicyName: 'only-what-it-needs', PolicyDocument: aws.policy(job.permissions(spec)) }],
      },
    },
    // What Fargate may do before they start: fetch the image, write logs.
    ExecutionRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: aws.trust('ecs-tasks.amazonaws.com'),
        ManagedPolicyArns: [aws.sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy')],
      },
    },
    Machines: {
      Type: 'AWS::Batch::ComputeEnvironment',
      Properties: {
        Type: 'MANAGED',
        State: 'ENABLED',
        ReplaceComputeEnvironment: false,
        ComputeResources: {
          Type: 'FARGATE',
          MaxvCpus: f.shards * f.cpus,
          Subnets: f.subnets,
          SecurityGroupIds: f.security_groups,
        },
      },
    },
    Queue: {
      Type: 'AWS::Batch::JobQueue',
      Properties: {
        JobQueueName: name,
        Priority: 1,
        State: 'ENABLED',
        ComputeEnvironmentOrder: [{ Order: 1, ComputeEnvironment: aws.ref('Machines') }],
      },
    },
    Shards: definition('shard', job.shard_in_bucket(spec, 'AWS_BATCH_JOB_ARRAY_INDEX')),
    Merge: definition('merge', job.merge_in_bucket(spec)),
  };

  local submit(what, more) =
    'aws batch submit-job --region ' + spec.region + ' --job-name ' + name + '-' + what + ' --job-queue ' + name
    + ' --job-definition ' + name + '-' + what + ' ' + more + ' --query jobId --output text';
  local run = [
    '#!/bin/sh',
    '# Submits the shards, and the job that puts them together when all are done. After a failure run it again: what is done',
    '# stays done.',
    'set -eu',
    'shards=$(' + submit('shard', '--array-properties size=' + f.shards) + ')',
    'merge=$(' + submit('merge', '--depends-on "jobId=$shards"') + ')',
    'echo "shards are job $shards, merge and score are job $merge"',
  ];

  local file = name + '.template.json';
  local rendered = {
    files: {
      [file]: aws.template('Shards of ' + spec.name + ' on AWS Batch (deploy.yaml, rendered by mlopsctl)', resources, {}),
      'run.sh': std.lines(run),
    },
    warnings: [],
    next: [
      'aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + name + ' --template-file ' + file + ' --capabilities CAPABILITY_IAM',
      'sh run.sh',
      'mlopsctl store cp ' + job.folder(spec) + '/score.json -',
    ],
  };
  if f.shards < 2 then error 'fan_out.shards: ' + f.shards + ': an array job of AWS Batch has 2 to 10000'
  else if !fits
  then error 'fan_out: Fargate has no machine of ' + f.cpus + ' cpus and ' + f.memory_mb
             + ' MB: 1, 2, 4, 8 or 16 cpus, with 2 to 8 GB each in steps of 1024 MB (8 cpus: 4096, 16: 8192)'
  else job.need(spec, ['region', 'fan_out.image', 'fan_out.subnets', 'fan_out.security_groups'], job.in_buckets(spec, rendered))
