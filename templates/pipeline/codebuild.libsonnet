// CodeBuild: a project with a role of its own, started by pushes to the branch. (CodeBuild user guide, "Build
// specification reference"; CloudFormation template reference, "AWS::CodeBuild::Project")
local aws = import 'mlopsctl/aws.libsonnet';
local stages_of = import 'mlopsctl/pipeline/stages.libsonnet';

function(spec)
  local p = spec.pipeline;
  local stages = stages_of(spec);
  local name = spec.name + '-pipeline';
  local group = '/aws/codebuild/' + name;
  // Commands of a phase end at the first that fails; the phase post_build comes even then, so nothing is deployed there.
  local command(lines) = std.join('\n', ['set -e'] + lines);
  local buildspec = {
    version: 0.2,
    env: { shell: 'bash' },
    phases: {
      pre_build: { commands: [command(stages.validate), command(stages.package)] },
      build: {
        commands: [command(stages.bench('"$CODEBUILD_RESOLVED_SOURCE_VERSION"')), command(stages.push)]
                  + (if std.length(p.deploy) == 0 then [] else [command(stages.deploy)]),
      },
    },
  };
  local resources = {
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: group, RetentionInDays: aws.log_days(spec.retention_days) } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: aws.trust('codebuild.amazonaws.com'),
        Policies: [{
          PolicyName: 'only-what-it-needs',
          PolicyDocument: aws.policy(stages.permissions + [
            aws.allow(
              ['logs:CreateLogStream', 'logs:PutLogEvents'],
              aws.sub('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:' + group + ':*')
            ),
          ]),
        }],
      },
    },
    Project: {
      Type: 'AWS::CodeBuild::Project',
      Properties: {
        Name: name,
        ServiceRole: aws.get('Role', 'Arn'),
        Artifacts: { Type: 'NO_ARTIFACTS' },
        Environment: { Type: 'LINUX_CONTAINER', ComputeType: 'BUILD_GENERAL1_MEDIUM', Image: p.image },
        Source: { Type: 'GITHUB', Location: 'https://github.com/' + p.repository + '.git', BuildSpec: 'buildspec.yml', GitCloneDepth: 1 },
        SourceVersion: p.branch,
        Triggers: {
          Webhook: true,
          FilterGroups: [[{ Type: 'EVENT', Pattern: 'PUSH' }, { Type: 'HEAD_REF', Pattern: '^refs/heads/' + std.strReplace(p.branch, '.', '[.]') + '$' }]],
        },
        // One after the other: two deployments at once would meet in the same stacks.
        ConcurrentBuildLimit: 1,
        TimeoutInMinutes: 120,
        LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: aws.ref('Logs') } },
      },
    },
  };
  local file = name + '.template.json';
  {
    files: {
      'buildspec.yml': buildspec,
      [file]: aws.template('CI of ' + p.repository + ' (deploy.yaml, rendered by mlopsctl)', resources, {}),
    },
    // A private registry of AWS. (ECR user guide, "Private registry authentication")
    warnings: if !std.endsWith(std.native('image_registry')(p.image), '.amazonaws.com') then []
    else ['pipeline.image: its repository must let codebuild.amazonaws.com pull, by its own policy'],
    next: [
      'once in the account: connect CodeBuild to GitHub (console: Settings, Connections)',
      'aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + name + ' --template-file ' + file + ' --capabilities CAPABILITY_IAM',
      'put buildspec.yml into ' + p.repository,
    ],
  }
