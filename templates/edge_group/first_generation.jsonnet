// edge-group --generation v1: the group as Greengrass v1 had it, a CloudFormation template and a greengo file a core.
// The service is gone (greengrass.v1_end): what is rendered here is to be read, compared and imported.
local aws = import 'mlopsctl/aws.libsonnet';
local greengrass = import 'mlopsctl/greengrass.libsonnet';

function(spec)
  local group = spec.greengrass_v1;
  local edge = spec.edge;
  local set(key, value) = if value == null || value == [] || value == {} then {} else { [key]: value };
  local pairs(list) = { [p.name]: p.value for p in list };
  local find(list, name) = [e for e in list if e.name == name][0];
  local numbered(prefix, list, entry) = [entry(list[i]) { Id: prefix + (i + 1) } for i in std.range(0, std.length(list) - 1)];
  local group_name(core) = if std.length(edge.cores) == 1 then edge.thing_group else edge.thing_group + '-' + core.name;

  // ---- the parts that both files have, in the spelling of v1's API.
  // (Greengrass V1 API reference, "FunctionConfiguration", "ResourceDataContainer", "Logger")
  local execution(f) =
    set('IsolationMode', f.isolation)
    + (if f.run_as == null then {} else { RunAs: set('Uid', f.run_as.uid) + set('Gid', f.run_as.gid) });
  local configuration(f) =
    set('MemorySize', f.memory_kb)
    + set('Timeout', f.timeout_s)
    + { Pinned: f.pinned, EncodingType: f.encoding }
    + set('ExecArgs', f.exec_args)
    + set('Executable', f.executable)
    + {
      Environment:
        (if f.isolation == 'NoContainer' && !f.sysfs then {} else { AccessSysfs: f.sysfs }) // it sees the device's own
        + set('Variables', pairs(f.variables))
        + set('ResourceAccessPolicies', [{ ResourceId: a.id, Permission: a.permission } for a in f.resources])
        + set('Execution', execution(f)),
    };
  local local_owner(r) = if !r.add_group_owner && r.group_owner == null then {} else {
    GroupOwnerSetting: { AutoAddGroupOwner: r.add_group_owner } + set('GroupOwner', r.group_owner),
  };
  local model_owner(r) = if r.group_owner == null then {} else {
    OwnerSetting: { GroupOwner: r.group_owner, GroupPermission: if r.permission == null then 'ro' else r.permission },
  };
  local container(r) = {
    volume: { LocalVolumeResourceData: { SourcePath: r.source, DestinationPath: r.destination } + local_owner(r) },
    device: { LocalDeviceResourceData: { SourcePath: r.source } + local_owner(r) },
    's3-model': { S3MachineLearningModelResourceData: { S3Uri: r.source, DestinationPath: r.destination } + model_owner(r) },
    'sagemaker-model': { SageMakerMachineLearningModelResourceData: { SageMakerJobArn: r.source, DestinationPath: r.destination } + model_owner(r) },
    secret: { SecretsManagerSecretResourceData: { ARN: r.source } + set('AdditionalStagingLabelsToDownload', r.labels) },
  }[r.kind];
  local loggers = numbered('logger-', group.loggers, function(l)
    { Component: l.component, Level: l.level, Type: l.type } + set('Space', l.space_kb));
  local connectors = [{ Id: c.name, ConnectorArn: c.arn } + set('Parameters', pairs(c.parameters)) for c in group.connectors];

  // ---- CloudFormation: one stack a core, which needs the ARN of its certificate and nothing else that is not known.
  // (CloudFormation template reference, "AWS IoT Greengrass resource type reference")
  local parameter(description) = { Type: 'String', Description: description };
  local known(value, name) = if value == null then aws.ref(name) else value;
  local arn_parameter(name) = aws.id(name) + 'VersionArn';
  local certificate_parameter(name) = 'Device' + aws.id(name) + 'CertificateArn';
  local core_parameter = 'CoreCertificateArn';
  local thing_arn(name) = aws.sub('arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:thing/' + name);
  local end_of(text) =
    local end = spec.v1.ends[text];
    if end.kind == 'Lambda' then known(find(group.functions, end.name).arn, arn_parameter(end.name))
    else if end.kind == 'Device' then thing_arn(end.name)
    else if end.kind == 'Connector' then find(group.connectors, end.name).arn
    else text;
  local template(core) =
    local name = group_name(core);
    local lists = [
      ['Core', 'Cores', [{ Id: 'core', CertificateArn: known(core.certificate, core_parameter), ThingArn: aws.get('CoreThing', 'Arn'), SyncShadow: group.sync_shadow }]],
      ['Function', 'Functions', [{ Id: f.name, FunctionArn: known(f.arn, arn_parameter(f.name)), FunctionConfiguration: configuration(f) } for f in group.functions]],
      ['Resource', 'Resources', [{ Id: r.id, Name: r.name, ResourceDataContainer: container(r) } for r in group.resources]],
      ['Subscription', 'Subscriptions', numbered('subscription-', group.subscriptions, function(s)
        { Source: end_of(s.source), Subject: s.topic, Target: end_of(s.target) })],
      ['Logger', 'Loggers', loggers],
      ['Device', 'Devices', [{ Id: d.name, CertificateArn: known(d.certificate, certificate_parameter(d.name)), ThingArn: thing_arn(d.name), SyncShadow: d.sync_shadow } for d in group.devices]],
      ['Connector', 'Connectors', connectors],
    ];
    local used = [l for l in lists if l[2] != []];
    local parameters =
      (if core.certificate == null then { [core_parameter]: parameter('ARN of the certificate of ' + core.name) } else {})
      + { [arn_parameter(f.name)]: parameter('ARN of a version or an alias of ' + f.name) for f in group.functions if f.arn == null }
      + { [certificate_parameter(d.name)]: parameter('ARN of the certificate of ' + d.name) for d in group.devices if d.certificate == null };
    aws.template('Greengrass v1 group ' + name + ' (ended on ' + greengrass.v1_end + '; deploy.yaml, rendered by mlopsctl)', {
      CoreThing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: core.name } },
      CoreThingCertificate: {
        Type: 'AWS::IoT::ThingPrincipalAttachment',
        Properties: { ThingName: aws.ref('CoreThing'), Principal: known(core.certificate, core_parameter) },
      },
      Group: { Type: 'AWS::Greengrass::Group', Properties: { Name: name } + set('RoleArn', group.role) },
      GroupVersion: {
        Type: 'AWS::Greengrass::GroupVersion',
        Properties: { GroupId: aws.get('Group', 'Id') } + { [l[0] + 'DefinitionVersionArn']: aws.ref(l[0] + 'DefinitionVersion') for l in used },
      },
    } + {
      [l[0] + 'Definition']: { Type: 'AWS::Greengrass::' + l[0] + 'Definition', Properties: { Name: name + '-' + std.asciiLower(l[1]) } }
      for l in used
    } + {
      [l[0] + 'DefinitionVersion']: {
        Type: 'AWS::Greengrass::' + l[0] + 'DefinitionVersion',
        Properties: { [l[0] + 'DefinitionId']: aws.get(l[0] + 'Definition', 'Id'), [l[1]]: l[2] },
      }
      for l in used
    }, {}) + {
      [if parameters != {} then 'Parameters']: parameters,
    };

  // ---- greengo. (greengo: greengo.py)
  local greengo(core) =
    {
      Group: { name: group_name(core) },
      Cores: [{ name: core.name, key_path: './certs', config_path: './config', SyncShadow: group.sync_shadow }],
    }
    + set('Lambdas', [
      { name: f.name, greengrassConfig: configuration(f) }
      + set('handler', f.handler)
      + set('package', f.package)
      + set('alias', f.alias)
      + set('environment', pairs(f.lambda_variables))
      for f in group.functions
    ])
    + set('Resources', [{ Id: r.id, Name: r.name } + container(r) for r in group.resources])
    + set('Subscriptions', [{ Source: s.source, Subject: s.topic, Target: s.target } for s in group.subscriptions])
    + set('Loggers', loggers)
    + set('Devices', [{ name: d.name, key_path: './certs', SyncShadow: d.sync_shadow } for d in group.devices])
    + set('Connectors', connectors);

  local template_file(core) = core.name + '-v1.template.json';
  {
    files: { [template_file(c)]: template(c) for c in edge.cores }
           + { [c.name + '.greengo.yaml']: greengo(c) for c in edge.cores },
    warnings:
      ['Greengrass v1 ended on ' + greengrass.v1_end + ': the service takes no group any more; leave --generation v1 out for v2, or see mlopsctl template migrate']
      + ['greengo knows functions by name and alias: the arn of ' + f.name + ' is in the template alone' for f in group.functions if f.arn != null]
      + (if group.role == null then [] else ["greengo makes a role of its own: the group's is in the template alone"]),
    next: ['mlopsctl template migrate deploy.yaml -o DIR, which makes components of Greengrass v2 of the same group'],
  }
