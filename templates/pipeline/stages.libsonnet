// What CI runs, in this order: each stage is a list of lines for bash with -e.
local aws = import 'mlopsctl/aws.libsonnet';
local model = import 'mlopsctl/model.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local p = spec.pipeline;
  // Found once: taking a text apart is what costs time here.
  local file = quote.shell(model.file(spec));
  local images = if p.images == null then [] else ['--images', p.images];
  // Stacks that the kinds make, as 'template render' names its files.
  local endings = { 'benchmark-table': ['-benchmark'], 'cloud-function': ['', '-registry'], 'edge-group': ['-edge'] };
  local stacks = [spec.name + ending for kind in p.deploy for ending in endings[kind]];

  {
    validate::
      [quote.command(['mlopsctl', 'manifest', 'validate', p.data] + images)]
      + std.flattenArrays([
        [
          'mlopsctl template render ' + kind + ' -f deploy.yaml -o rendered/' + kind + ' --overwrite',
          'mlopsctl template validate rendered/' + kind,
        ]
        for kind in p.deploy
      ]),

    // The same files give the same bytes: what is measured here is what deploy.yaml names, or nothing goes on.
    package::
      [
        'mlopsctl package model ' + quote.shell(p.model) + ' -o ' + file + ' --overwrite',
        'mlopsctl package verify ' + file,
      ] + model.check(spec),

    // 'commit' is a word of the shell.
    bench(commit)::
      [
        'mlopsctl bench run --model ' + file + ' --table bench.db --tag ' + commit + ' '
        + quote.command(['--data', p.data] + images + std.flattenArrays([['--gate', gate] for gate in p.gates])),
      ],

    push:: ['mlopsctl store cp ' + file + ' ' + quote.shell(spec.model.url) + ' --overwrite'],

    deploy:: std.flattenArrays([
      [
        'for file in rendered/' + kind + '/*.template.json; do',
        '  stack=$(basename "$file" .template.json)',
        '  aws cloudformation deploy --region ' + spec.region + ' --stack-name "$stack" --template-file "$file" '
        + '--capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --role-arn ' + quote.shell(p.deploy_role),
        'done',
      ]
      for kind in p.deploy
    ]),

    // What CI itself may do: push the model, and have CloudFormation change these stacks, by the role that it hands on.
    permissions::
      local location = aws.s3_url(spec.model.url);
      local stack(name) = aws.sub('arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/' + name + '/*');
      [
        aws.allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], aws.s3_arn(location.bucket, location.key)),
        aws.allow('s3:ListBucket', aws.s3_arn(location.bucket)) + { Condition: { StringLike: { 's3:prefix': location.key } } },
      ] + if std.length(p.deploy) == 0 then [] else [
        aws.allow(
          [
            'cloudformation:CreateChangeSet',
            'cloudformation:DeleteChangeSet',
            'cloudformation:DescribeChangeSet',
            'cloudformation:DescribeStackEvents',
            'cloudformation:DescribeStacks',
            'cloudformation:ExecuteChangeSet',
            'cloudformation:GetTemplateSummary',
          ], [stack(name) for name in stacks]
        ),
        aws.allow('iam:PassRole', p.deploy_role)
        + { Condition: { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } } },
      ],
  }
