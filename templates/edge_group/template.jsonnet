// edge-group: a Greengrass v2 thing group: one component with the runtime, one with the model (new weights do not send
// the code again), the deployment that puts both on the devices, and what they may do in the cloud.
//
// Gives recipes and a deployment document for the command line, one CloudFormation template that does the same, and the
// script that makes a machine one of its devices.
local aws = import 'mlopsctl/aws.libsonnet';
local greengrass = import 'mlopsctl/greengrass.libsonnet';
local device_script = import 'mlopsctl/edge_group/device.libsonnet';

function(spec)
  local edge = spec.edge;
  local base = 'com.mlopsctl.' + aws.id(spec.name);
  local runtime_name = base + '.Runtime';
  local model_name = base + '.Model';
  local platforms = std.set([c.platform for c in edge.cores]);
  local dashed(platform) = std.strReplace(platform, '/', '-');

  local model = aws.s3_url(spec.model.url);
  local model_recipe = greengrass.model_recipe(model_name, 'Model of ' + spec.name, spec.model.url, spec.model.digest);

  // The runtime: one manifest a platform; the nucleus takes the first that fits.
  local architecture = { 'linux/amd64': 'amd64', 'linux/arm64': 'aarch64', 'linux/arm/v7': 'arm' };
  local runtime_stem(platform) =
    local digest = std.get(edge.runtime_digests, platform, null);
    'mlopsctl-runtime-' + dashed(platform) + (if digest == null then '' else '-' + aws.short(digest));
  local runtime_key(platform) = spec.artifacts.prefix + runtime_stem(platform) + '.zip';
  local user = std.split(edge.posix_user, ':');
  local runtime_recipe = greengrass.versioned(greengrass.recipe(runtime_name, 'Runtime of ' + spec.name) {
    ComponentConfiguration: { DefaultConfiguration: { serve: {} } },
    ComponentDependencies: {
      // Restarted when the model changes; which model is the deployment's to say.
      [model_name]: { VersionRequirement: '>=1.0.0 <2.0.0', DependencyType: 'HARD' },
      // Short-lived credentials from the device's certificate instead of keys on the device.
      'aws.greengrass.TokenExchangeService': { VersionRequirement: '>=2.0.0 <3.0.0', DependencyType: 'HARD' },
    },
    Manifests: [
      {
        Platform: { os: 'linux', architecture: architecture[platform] },
        Lifecycle: {
          // Values reach the program through its environment: no shell reads them.
          Setenv: {
            MLOPSCTL_SERVE_EDGE_CORE: '{iot:thingName}',
            MLOPSCTL_SERVE_EDGE_MODEL: '{' + model_name + ':work:path}/current',
            MLOPSCTL_SERVE_EDGE_CONFIGURATION: '{configuration:/serve}',
          },
          // Pictures of people: nobody else on the device may read them.
          [if edge.buffer != null then 'Install']: {
            RequiresPrivilege: true,
            Script: 'install -d -m 0700 -o ' + user[0] + ' -g ' + user[1] + ' "' + edge.buffer.source + '"',
          },
          Run: { Script: 'exec "{artifacts:decompressedPath}/' + runtime_stem(platform) + '/mlopsctl-runtime" serve edge' },
        },
        Artifacts: [{
          URI: 's3://' + spec.artifacts.bucket + '/' + runtime_key(platform),
          Unarchive: 'ZIP',
          Permission: { Read: 'OWNER', Execute: 'OWNER' },
        }],
      }
      for platform in platforms
    ],
  });

  local partition_key =
    local found = [t.partition_key for t in spec.tables if t.name == edge.table && t.layout == 'item'];
    if found == [] then null else found[0];

  // What the runtime has to know. Numbers are text: the nucleus may give 30 back as 30.0.
  local client_id(core) = core.name + '-mlopsctl';
  local configuration = {
    serve: std.prune({
      cameras: { [c.name]: c.camera for c in edge.cores },
      // Never the thing's own id: a second client with it throws the nucleus off.
      client_ids: { [c.name]: client_id(c) for c in edge.cores },
      topics: edge.topics,
      mqtt: edge.mqtt,
      retention_days: std.toString(spec.retention_days),
      model_digest: spec.model.digest,
      table: if edge.table == null then null else 'dynamodb://' + edge.table,
      partition_key: partition_key,
      buffer: if edge.buffer == null then null else {
        folder: edge.buffer.source,
        max_bytes: std.toString(edge.buffer.max_bytes),
        on_full: edge.buffer.on_full,
      },
    }),
  };
  // 'merge' is a document written as text. (Greengrass V2 API reference, "ComponentConfigurationUpdate")
  local merge = std.toString(configuration);

  local deployment = greengrass.deployment(spec, {
    [runtime_name]: {
      componentVersion: runtime_recipe.ComponentVersion,
      // Back to the recipe's default first: a core that was taken out of the list goes.
      configurationUpdate: { reset: ['/serve'], merge: merge },
      runWith: { posixUser: edge.posix_user },
    },
    [model_name]: { componentVersion: model_recipe.ComponentVersion, runWith: { posixUser: edge.posix_user } },
  } + { [c.name]: { componentVersion: c.version } for c in edge.components });
  // The same in CloudFormation's spelling: its keys start with capitals.
  local capital(key) = std.asciiUpper(key[0]) + key[1:];
  local capitals(value) = { [capital(k)]: value[k] for k in std.objectFields(value) };
  local component_of(c) = capitals(c) + {
    [if std.objectHas(c, 'configurationUpdate') then 'ConfigurationUpdate']: capitals(c.configurationUpdate),
    [if std.objectHas(c, 'runWith') then 'RunWith']: capitals(c.runWith),
  };
  local policies = deployment.deploymentPolicies;
  local deployment_policies = {
    FailureHandlingPolicy: policies.failureHandlingPolicy,
    ComponentUpdatePolicy: capitals(policies.componentUpdatePolicy),
    ConfigurationValidationPolicy: capitals(policies.configurationValidationPolicy),
  };
  local jobs = deployment.iotJobConfiguration;
  local job_configuration = {
    JobExecutionsRolloutConfig: capitals(jobs.jobExecutionsRolloutConfig),
    AbortConfig: { CriteriaList: [capitals(c) for c in jobs.abortConfig.criteriaList] },
  };

  local inline(recipe) = std.toString(greengrass.checked_size(recipe, 'use fewer platforms'));
  local component_version(recipe) = {
    Type: 'AWS::GreengrassV2::ComponentVersion',
    Properties: { InlineRecipe: inline(recipe) },
  };

  // What one device's MQTT client may do: connect under its own id, and these topics; a policy a core, because an IoT
  // policy has at most 2048 characters. (IoT Core developer guide, "IoT Core policy actions"; "Security limits")
  local iot(kind, name) = aws.sub('arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:' + kind + '/' + name);
  local t = edge.topics;
  local heard = [t.start, t.frames];
  local said = [t.status, t.frames, t.results, t.predictions, t.stored];
  local topic_document(core, resource) = aws.policy([
    aws.allow('iot:Connect', resource('client', client_id(core))),
    aws.allow('iot:Subscribe', [resource('topicfilter', topic) for topic in heard]),
    aws.allow('iot:Receive', [resource('topic', topic) for topic in heard]),
    aws.allow('iot:Publish', [resource('topic', topic) for topic in said]),
  ]);
  local topic_policy(core) =
    local resolved(kind, name) = 'arn:' + aws.partition(spec.region) + ':iot:' + spec.region + ':' + aws.account(spec, 'the policies of topics are counted with it') + ':' + kind + '/' + name;
    local length = std.length(std.toString(topic_document(core, resolved)));
    if length > 2048
    then error 'edge.topics: the IoT policy of ' + core.name + ' has ' + length + ' characters; at most 2048: use shorter topics'
    else { Type: 'AWS::IoT::Policy', Properties: { PolicyName: client_id(core), PolicyDocument: topic_document(core, iot) } };

  // What the device may do with the credentials that its certificate gets it.
  // (Greengrass V2 developer guide, "Authorize core devices to interact with AWS services")
  local readable = std.set([model.bucket + '/' + model.key] + [spec.artifacts.bucket + '/' + runtime_key(p) for p in platforms]);
  local role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: aws.trust('credentials.iot.amazonaws.com'),
      Policies: [{
        PolicyName: 'only-what-it-needs',
        PolicyDocument: aws.policy(
          [aws.allow('s3:GetObject', [aws.sub('arn:${AWS::Partition}:s3:::' + o) for o in readable])]
          + (if edge.table == null then [] else [aws.allow('dynamodb:PutItem', aws.table_arn(edge.table))])
        ),
      }],
    },
  };
  local alias = spec.name + '-token-exchange';

  local resources = {
    ThingGroup: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: edge.thing_group } },
    ModelComponent: component_version(model_recipe),
    RuntimeComponent: component_version(runtime_recipe),
    Deployment: {
      Type: 'AWS::GreengrassV2::Deployment',
      DependsOn: ['ModelComponent', 'RuntimeComponent'],
      Properties: {
        TargetArn: aws.get('ThingGroup', 'Arn'),
        DeploymentName: deployment.deploymentName,
        Components: { [k]: component_of(deployment.components[k]) for k in std.objectFields(deployment.components) },
        DeploymentPolicies: deployment_policies,
        IotJobConfiguration: job_configuration,
      },
    },
    TokenExchangeRole: role,
    TokenExchangeAlias: {
      Type: 'AWS::IoT::RoleAlias',
      Properties: { RoleAlias: alias, RoleArn: aws.get('TokenExchangeRole', 'Arn'), CredentialDurationSeconds: 3600 },
    },
  }
  + { [aws.id(c.name) + 'Topics']: topic_policy(c) for c in edge.cores }
  // Where the certificate is known, the policy is attached to it as well.
  + {
    [aws.id(c.name) + 'TopicsAttachment']: {
      Type: 'AWS::IoT::PolicyPrincipalAttachment',
      Properties: { PolicyName: aws.ref(aws.id(c.name) + 'Topics'), Principal: c.certificate },
    }
    for c in edge.cores
    if c.certificate != null
  };

  local file = spec.name + '-edge.template.json';
  local recipe_file(recipe) = 'recipes/' + recipe.ComponentName + '-' + recipe.ComponentVersion + '.json';
  {
    files: {
      [file]: aws.template(
        'Devices of ' + spec.name + ' (deploy.yaml, rendered by mlopsctl)',
        resources,
        { RoleAlias: { Value: alias }, ThingGroup: { Value: edge.thing_group } }
      ),
      'deployment.json': deployment,
      'device.sh': device_script(spec, alias, client_id),
      [recipe_file(model_recipe)]: model_recipe,
      [recipe_file(runtime_recipe)]: runtime_recipe,
    },
    warnings:
      [greengrass.replaces_all]
      + ["edge.runtime_digests has no '" + p + "': a new runtime under the same name is not sent to the devices" for p in platforms if !std.objectHas(edge.runtime_digests, p)]
      + (if edge.mqtt.endpoint == null then ['edge.mqtt.endpoint is not set: the runtime must be told where IoT Core is (aws iot describe-endpoint --endpoint-type iot:Data-ATS)'] else [])
      + (if edge.buffer == null then ['edge.buffer is not set: frames are not kept when the cloud cannot be reached'] else []),
    next:
      ['upload the model to ' + spec.model.url]
      + ['upload the runtime for ' + p + ' (made by mlopsctl package component --runtime FILE) to s3://' + spec.artifacts.bucket + '/' + runtime_key(p) for p in platforms]
      + ['aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + spec.name + '-edge --template-file ' + file + ' --capabilities CAPABILITY_IAM']
      + ['on each device, with credentials that may provision it: sudo -E sh device.sh NAME'],
  }
