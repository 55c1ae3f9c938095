// What CI runs, in this order: each stage is a list of lines for bash with -e.
local aws = import 'mlopsctl/aws.libsonnet';
local model = import 'mlopsctl/model.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

{
  local images(p) = if p.images == null then [] else ['--images', p.images],
  // Stacks that the kinds make, as 'template render' names its files.
  local endings = { 'benchmark-table': ['-benchmark'], 'cloud-function': ['', '-registry'], 'edge-group': ['-edge'] },
  stacks(spec):: [spec.name + ending for kind in spec.pipeline.deploy for ending in endings[kind]],

  validate(spec)::
    local p = spec.pipeline;
    [quote.command(['mlopsctl', 'manifest', 'validate', p.data] + images(p))]
    + std.flattenArrays([
      [
        'mlopsctl template render ' + kind + ' -f deploy.yaml -o rendered/' + kind + ' --overwrite',
        'mlopsctl template validate rendered/' + kind,
      ]
      for kind in p.deploy
    ]),

  // The same files give the same bytes: what is measured here is what deploy.yaml names, or nothing goes on.
  package(spec)::
    [
      quote.command(['mlopsctl', 'package', 'model', spec.pipeline.model, '-o', model.file(spec), '--overwrite']),
      quote.command(['mlopsctl', 'package', 'verify', model.file(spec)]),
    ] + model.check(spec),

  // 'commit' is a word of the shell.
  bench(spec, commit)::
    local p = spec.pipeline;
    [
      quote.command(['mlopsctl', 'bench', 'run', '--model', model.file(spec), '--data', p.data] + images(p)
                    + ['--table', 'bench.db'] + std.flattenArrays([['--gate', gate] for gate in p.gates]))
      + ' --tag ' + commit,
    ],

  push(spec):: [quote.command(['mlopsctl', 'store', 'cp', model.file(spec), spec.model.url, '--overwrite'])],

  deploy(spec):: std.flattenArrays([
    [
      'for file in rendered/' + kind + '/*.template.json; do',
      '  stack=$(basename "$file" .template.json)',
      '  aws cloudformation deploy --region ' + spec.region + ' --stack-name "$stack" --template-file "$file" '
      + '--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --role-arn ' + quote.shell(spec.pipeline.deploy_role),
      'done',
    ]
    for kind in spec.pipeline.deploy
  ]),

  // What CI itself may do: push the model, and have CloudFormation change these stacks, by the role that it hands on.
  permissions(spec)::
    local location = aws.s3_url(spec.model.url);
    local stack(name) = aws.sub('arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/' + name + '/*');
    [
      aws.allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], aws.s3_arn(location.bucket, location.key)),
      aws.allow('s3:ListBucket', aws.s3_arn(location.bucket)) + { Condition: { StringLike: { 's3:prefix': location.key } } },
    ] + if std.length(spec.pipeline.deploy) == 0 then [] else [
      aws.allow(
        [
          'cloudformation:CreateChangeSet',
          'cloudformation:DeleteChangeSet',
          'cloudformation:DescribeChangeSet',
          'cloudformation:DescribeStackEvents',
          'cloudformation:DescribeStacks',
          'cloudformation:ExecuteChangeSet',
          'cloudformation:GetTemplateSummary',
        ], [stack(name) for name in $.stacks(spec)]
      ),
      aws.allow('iam:PassRole', spec.pipeline.deploy_role)
      + { Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } } },
    ],
}
