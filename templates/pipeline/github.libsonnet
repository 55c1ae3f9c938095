// GitHub Actions. Written as text, for the comments that say which version a commit is. No key is stored: the role of the
// template beside it trusts this branch of this repository. (GitHub documentation, "Security hardening for GitHub Actions",
// "Configuring OpenID Connect in Amazon Web Services")
local aws = import 'mlopsctl/aws.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';
local stages_of = import 'mlopsctl/pipeline/stages.libsonnet';

local actions = {
  checkout: 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8  # v5.0.0',
  credentials: 'aws-actions/configure-aws-credentials@a03048d87541d1d9fcf2ecf528a4a65ba9bd7838  # v5.0.0',
};

function(spec)
  local p = spec.pipeline;
  local stages = stages_of(spec);
  local name = spec.name + '-pipeline';
  local image = quote.yaml(p.image);
  local indented(n, lines) = [std.repeat(' ', n) + line for line in lines];
  local run(title, lines) = if std.length(lines) == 0 then []
  else ['- name: ' + title, '  run: |'] + indented(4, lines);
  local checkout = ['- uses: ' + actions.checkout, '  with:', '    persist-credentials: false'];
  local job(steps) = [
    'runs-on: ubuntu-24.04',
    'container: ' + image,
    'timeout-minutes: 120',
    'steps:',
  ] + indented(2, steps);

  local validate = stages.validate;
  local package = run('Package', stages.package);
  local check = job(
    checkout
    + run('Validate', validate)
    + package
    + run('Bench', stages.bench('"$GITHUB_SHA"'))
  );
  local deploy = [
    'needs: check',
    'if: github.event_name == ' + "'push'",
    'permissions:',
    '  contents: read',
    '  id-token: write',
  ] + job(
    checkout
    + package
    + run('Render', validate)
    + ['- uses: ' + actions.credentials, '  with:'] + indented(4, [
      'aws-region: ' + spec.region,
      'role-to-assume: ' + quote.yaml('arn:' + aws.partition(spec.region) + ':iam::' + spec.account + ':role/' + name),
    ])
    + run('Push', stages.push)
    + run('Deploy', stages.deploy)
  );

  local workflow = [
    '# Rendered by mlopsctl from deploy.yaml.',
    '---',
    'name: ' + quote.yaml(spec.name),
    '"on":',
    '  push:',
    '    branches: [' + quote.yaml(p.branch) + ']',
    '  pull_request:',
    '    branches: [' + quote.yaml(p.branch) + ']',
    'permissions:',
    '  contents: read',
    'concurrency:',
    '  group: ' + quote.yaml(spec.name + '-${{ github.ref }}'),
    '  cancel-in-progress: false',
    'defaults:',
    '  run:',
    '    shell: bash',
    'jobs:',
    '  check:',
  ] + indented(4, check) + ['  deploy:'] + indented(4, deploy);

  local provider = 'token.actions.githubusercontent.com';
  local resources = {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        MaxSessionDuration: 3600,
        AssumeRolePolicyDocument: aws.policy([{
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Principal: { Federated: aws.sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/' + provider) },
          Condition: {
            StringEquals: {
              [provider + ':aud']: 'sts.amazonaws.com',
              [provider + ':sub']: 'repo:' + p.repository + ':ref:refs/heads/' + p.branch,
            },
          },
        }]),
        Policies: [{ PolicyName: 'only-what-it-needs', PolicyDocument: aws.policy(stages.permissions) }],
      },
    },
  };
  local file = name + '.template.json';
  {
    files: {
      [spec.name + '.yml']: std.lines(workflow),
      [file]: aws.template('What GitHub Actions of ' + p.repository + ' may do (deploy.yaml, rendered by mlopsctl)', resources, {}),
    },
    warnings: [],
    next: [
      'once in the account: aws iam create-open-id-connect-provider --url https://' + provider + ' --client-id-list sts.amazonaws.com',
      'aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + name + ' --template-file ' + file + ' --capabilities CAPABILITY_NAMED_IAM',
      'put ' + spec.name + '.yml into .github/workflows/ of ' + p.repository,
    ],
  }
