// migrate: a group of Greengrass v1 as components of v2, and a report of what became of each of its parts.
//
// Functions become generic components that run the function's code (options.functions 'recipe'), or Lambda components
// that run the Lambda function itself (options.functions 'lambda').
// (Greengrass V2 developer guide, "Move from AWS IoT Greengrass Version 1")
local aws = import 'mlopsctl/aws.libsonnet';
local greengrass = import 'mlopsctl/greengrass.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local group = spec.greengrass_v1;
  local as_lambda = spec.options.functions == 'lambda';
  local component_of(name) = spec.v1.components[name];
  local find(list, key, value) = [e for e in list if e[key] == value][0];
  local pairs(list) = { [p.name]: p.value for p in list };
  local is_function(end) = spec.v1.ends[end].kind == 'Lambda';
  local is_device(end) = spec.v1.ends[end].kind == 'Device';
  local is_connector(end) = spec.v1.ends[end].kind == 'Connector';
  local name_of(end) = spec.v1.ends[end].name;
  // \param became what it is now, or of what is lost {nothing: why}
  local row(kind, name, became, todo='') =
    local is_lost = std.isObject(became);
    { kind: kind, name: name, became: if is_lost then 'nothing: ' + became.nothing else became, todo: todo, is_lost:: is_lost };

  // ---- models: each S3 archive is a component of its own, so that new weights do not send code again.
  local models = [r for r in group.resources if r.kind == 's3-model'];
  local zeros = 'sha256:' + std.repeat('0', 64);
  local digest_of(r) = if spec.model != null && spec.model.url == r.source && spec.model.digest != zeros then spec.model.digest else null;
  local model_recipe(r) = greengrass.model_recipe(component_of(r.id), 'Model ' + r.id + ' of ' + spec.name, r.source, digest_of(r));
  local model_recipes = [model_recipe(r) for r in models];

  // ---- routes: what a function hears and says, and by which way.
  // (Lists are bound to names first: Jsonnet computes a field again each time that it is read.)
  local routes_of(f) =
    local me = 'Lambda::' + f.name;
    local heard = [s for s in group.subscriptions if s.target == me];
    local said = [s for s in group.subscriptions if s.source == me];
    local cloud_in = [s.topic for s in heard if s.source == 'cloud'];
    local local_in = [s.topic for s in heard if s.source != 'cloud'];
    local cloud_out = [s.topic for s in said if s.target == 'cloud'];
    local local_out = [s.topic for s in said if s.target != 'cloud'];
    { cloud_in: cloud_in, local_in: local_in, cloud_out: cloud_out, local_out: local_out };
  // Resources of local messages are patterns with '*', those of IoT Core are MQTT's.
  // (Greengrass V2 developer guide, "Publish/subscribe local messages", "... AWS IoT Core MQTT messages")
  local local_pattern(topic) = spec.v1.patterns[topic];
  // \param allowed [operation, resources] each
  local permissions(component, service, allowed) =
    local given = [[a[0], std.set(a[1])] for a in allowed if a[1] != []];
    if given == [] then {} else {
      ['aws.greengrass.ipc.' + service]: {
        [component + ':' + service + ':' + (i + 1)]: {
          policyDescription: 'Subscriptions of the group of Greengrass v1',
          operations: ['aws.greengrass#' + given[i][0]],
          resources: given[i][1],
        }
        for i in std.range(0, std.length(given) - 1)
      },
    };
  local access_control(component, r) =
    permissions(component, 'pubsub', [
      ['SubscribeToTopic', std.map(local_pattern, r.local_in)],
      ['PublishToTopic', std.map(local_pattern, r.local_out)],
    ])
    + permissions(component, 'mqttproxy', [['SubscribeToIoTCore', r.cloud_in], ['PublishToIoTCore', r.cloud_out]]);

  // ---- functions as generic components: they run on the device itself, so mounts are links and devices are groups.
  local user = std.split(spec.edge.posix_user, ':');
  local resources_of(f) = [find(group.resources, 'id', a.id) { access: a.permission } for a in f.resources];
  local link(source, destination) =
    if source == destination then []
    else ['mkdir -p "$(dirname ' + quote.shell(destination) + ')"', 
      'if [ -L ' + quote.shell(destination) + ' ] || [ ! -e ' + quote.shell(destination) + ' ]; then ln -sfn ' + source + ' ' + quote.shell(destination) + '; fi',
    ];
  local install_lines(r) =
    if r.kind == 'volume' then
      ['[ -d ' + quote.shell(r.source) + ' ] || install -d -m 0700 -o ' + user[0] + ' -g ' + user[1] + ' ' + quote.shell(r.source)]
      + link(quote.shell(r.source), r.destination)
    else if r.kind == 'device' then ['usermod -a -G "$(stat -L -c %G ' + quote.shell(r.source) + ')" ' + user[0]]
    else if r.kind == 's3-model' then link('"{' + component_of(r.id) + ':work:path}/current"', r.destination)
    else [];
  local folder(f) = '{artifacts:decompressedPath}/' + f.name;
  local module(f) =
    local parts = std.split(f.handler, '.');
    std.join('/', parts[:std.length(parts) - 1]) + '.py';
  local arguments(f) = if f.exec_args == null then '' else ' ' + quote.command([w for w in std.split(f.exec_args, ' ') if w != '']);
  local run(f) =
    if f.executable != null then 'exec "' + folder(f) + '/' + f.executable + '"' + arguments(f)
    else if f.handler != null && !std.member(f.handler, '/') && !std.member(f.handler, ':') && std.member(f.handler, '.') then 'exec python3 -u "' + folder(f) + '/' + module(f) + '"' + arguments(f)
    else 'exec "' + folder(f) + '/bootstrap"' + arguments(f);
  local code_url(f) =
    if spec.artifacts != null && spec.artifacts.bucket != null then 's3://' + spec.artifacts.bucket + '/' + spec.artifacts.prefix + f.name + '.zip'
    else error "artifacts.bucket: is missing, where the code of functions is uploaded; add it, or pass --functions lambda";
  local function_recipe(f) =
    local name = component_of(f.name);
    local routes = routes_of(f);
    local control = access_control(name, routes);
    local used = resources_of(f);
    local install = std.flatMap(install_lines, used);
    local install_script = std.lines(['set -eu'] + install);
    local run_script = run(f);
    local url = code_url(f);
    greengrass.checked_size(greengrass.versioned(greengrass.recipe(name, 'Function ' + f.name + ' of ' + spec.name) {
      ComponentConfiguration: { DefaultConfiguration: {
        // The code reads from here where its messages come from and go to.
        routes: routes,
        [if control != {} then 'accessControl']: control,
      } },
      ComponentDependencies: {
        // Short-lived credentials from the device's certificate instead of keys on the device.
        'aws.greengrass.TokenExchangeService': { VersionRequirement: '>=2.0.0 <3.0.0', DependencyType: 'HARD' },
      } + { [component_of(r.id)]: { VersionRequirement: '>=1.0.0 <2.0.0', DependencyType: 'HARD' } for r in used if r.kind == 's3-model' },
      Manifests: [{
        Platform: { os: 'linux' },
        Lifecycle: {
          [if f.variables != [] then 'Setenv']: pairs(f.variables),
          [if install != [] then 'Install']: { RequiresPrivilege: true, Script: install_script },
          Run: { Script: run_script },
        },
        Artifacts: [{
          URI: url,
          Unarchive: 'ZIP',
          Permission: { Read: 'OWNER', Execute: 'OWNER' },
        }],
      }],
    }), 'split the variables of ' + f.name);
  local function_recipes = [function_recipe(f) for f in group.functions];

  // ---- functions as Lambda components, in the API's spelling. (Greengrass V2 API reference, "LambdaFunctionRecipeSource")
  // Where the installer puts the nucleus. (Greengrass V2 developer guide, "Configure the AWS IoT Greengrass Core software")
  local root = '/greengrass/v2';
  local lambda_arn(f) =
    if f.arn != null then f.arn
    else error "greengrass_v1.functions: '" + f.name + "' has no arn, which a Lambda component needs: add that of a version";
  local group_owner(r) = r.add_group_owner;
  local lambda_component(f) =
    local routes = routes_of(f);
    local used = resources_of(f);
    local source = {
      lambdaArn: lambda_arn(f),
      componentName: component_of(f.name),
      componentPlatforms: [{ attributes: { os: 'linux' } }],
      componentDependencies: { [component_of(r.id)]: { versionRequirement: '>=1.0.0 <2.0.0', dependencyType: 'HARD' } for r in used if r.kind == 's3-model' },
      componentLambdaParameters: std.prune({
        eventSources: [{ topic: t, type: 'IOT_CORE' } for t in routes.cloud_in] + [{ topic: t, type: 'PUB_SUB' } for t in routes.local_in],
        timeoutInSeconds: f.timeout_s,
        pinned: f.pinned,
        inputPayloadEncodingType: f.encoding,
        execArgs: if f.exec_args == null then null else [w for w in std.split(f.exec_args, ' ') if w != ''],
        environmentVariables: pairs(f.variables),
        linuxProcessParams: if f.isolation == 'NoContainer' then { isolationMode: 'NoContainer' } else {
          isolationMode: 'GreengrassContainer',
          containerParams: {
            memorySizeInKB: f.memory_kb,
            mountROSysfs: f.sysfs,
            volumes: [{ sourcePath: r.source, destinationPath: r.destination, permission: r.access, addGroupOwner: group_owner(r) } for r in used if r.kind == 'volume']
                     + [{ sourcePath: root + '/work/' + component_of(r.id) + '/current', destinationPath: r.destination, permission: r.access, addGroupOwner: group_owner(r) } for r in used if r.kind == 's3-model'],
            devices: [{ path: r.source, permission: r.access, addGroupOwner: group_owner(r) } for r in used if r.kind == 'device'],
          },
        },
      }),
    };
    { lambdaFunction: source { componentVersion: greengrass.version_of(source) } };
  local lambda_components = [lambda_component(f) for f in group.functions];

  // ---- components of AWS. A deployment names versions: those of edge.components, or one that is known to do what is
  // configured; where neither is, the configuration is a file of its own.
  local known_versions = { 'aws.greengrass.LegacySubscriptionRouter': '2.1.15', 'aws.greengrass.LogManager': '2.3.5' };
  local kept = { [c.name]: c.version for c in spec.edge.components };
  local version_for(name) = std.get(kept, name, std.get(known_versions, name, null));

  // Lambda functions that publish with the Core SDK of v1 need the router; what comes from the cloud is an event source.
  // (Greengrass V2 developer guide, "Legacy subscription router")
  local routed = [s for s in group.subscriptions if is_function(s.source) && (s.target == 'cloud' || is_function(s.target))];
  local router_end(end) = if is_function(end) then 'component:' + component_of(name_of(end)) else end;
  local router_id(i) = 'subscription-' + (i + 1);
  local router = if !as_lambda || routed == [] then {} else {
    'aws.greengrass.LegacySubscriptionRouter': { subscriptions: {
      [router_id(i)]: { id: router_id(i), source: router_end(routed[i].source), subject: routed[i].topic, target: router_end(routed[i].target) }
      for i in std.range(0, std.length(routed) - 1)
    } },
  };

  // (Greengrass V2 developer guide, "Greengrass nucleus": logging; "Log manager")
  local levels = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
  local level_of(l) = if l.level == 'FATAL' then 'ERROR' else l.level;
  local most_words(loggers) = std.filter(function(name) std.member([level_of(l) for l in loggers], name), levels)[0];
  local files = [l for l in group.loggers if l.type == 'FileSystem'];
  local sizes = [l.space_kb for l in files if l.space_kb != null];
  local nucleus = if files == [] then {} else {
    'aws.greengrass.Nucleus': { logging: {
      level: most_words(files),
      outputType: 'FILE',
      [if sizes != [] then 'totalLogsSizeKB']: std.toString(std.foldl(function(a, b) a + b, sizes, 0)),
    } },
  };
  local sent = [l for l in group.loggers if l.type == 'AWSCloudWatch'];
  local log_manager = if sent == [] then {} else {
    'aws.greengrass.LogManager': { logsUploaderConfiguration: {
      [if [l for l in sent if l.component == 'GreengrassSystem'] != [] then 'systemLogsConfiguration']: {
        uploadToCloudWatch: 'true',
        minimumLogLevel: most_words([l for l in sent if l.component == 'GreengrassSystem']),
      },
      [if [l for l in sent if l.component == 'Lambda'] != [] then 'componentLogsConfigurationMap']: {
        [component_of(f.name)]: { minimumLogLevel: most_words([l for l in sent if l.component == 'Lambda']) }
        for f in group.functions
      },
    } },
  };

  // Devices speak MQTT with a broker on the core device; a bridge carries what subscriptions carried.
  // (Greengrass V2 developer guide, "MQTT bridge")
  local way(end) = if is_device(end) then 'LocalMqtt' else if end == 'cloud' then 'IotCore' else 'Pubsub';
  local bridged = [s for s in group.subscriptions if (is_device(s.source) || is_device(s.target)) && way(s.source) != way(s.target) && !is_connector(s.source) && !is_connector(s.target) && s.source != 'GGShadowService' && s.target != 'GGShadowService'];
  local bridge = if bridged == [] then {} else {
    'aws.greengrass.clientdevices.mqtt.Bridge': { mqttTopicMapping: {
      ['subscription-' + (i + 1)]: { topic: bridged[i].topic, source: way(bridged[i].source), target: way(bridged[i].target) }
      for i in std.range(0, std.length(bridged) - 1)
    } },
  };
  // (Greengrass V2 developer guide, "Shadow manager")
  local shadowed = [d.name for d in group.devices if d.sync_shadow];
  local shadows = if !group.sync_shadow && shadowed == [] then {} else {
    'aws.greengrass.ShadowManager': { synchronize: {
      [if group.sync_shadow then 'coreThing']: { classic: true },
      [if shadowed != [] then 'shadowDocuments']: [{ thingName: name, classic: true } for name in shadowed],
    } },
  };
  // (Greengrass V2 developer guide, "Secret manager")
  local secrets = [r for r in group.resources if r.kind == 'secret'];
  local secret_manager = if secrets == [] then {} else {
    'aws.greengrass.SecretManager': { cloudSecrets: [{ arn: r.source, [if r.labels != [] then 'labels']: r.labels } for r in secrets] },
  };
  local configurations = router + nucleus + log_manager + bridge + shadows + secret_manager;
  local deployed = [name for name in std.objectFields(configurations) if version_for(name) != null];
  local undeployed = [name for name in std.objectFields(configurations) if version_for(name) == null];

  // ---- the deployment
  local user_of(f) =
    if f.run_as == null || f.run_as.uid == null then spec.edge.posix_user
    else f.run_as.uid + (if f.run_as.gid == null then '' else ':' + f.run_as.gid);
  local function_version(i) = if as_lambda then lambda_components[i].lambdaFunction.componentVersion else function_recipes[i].ComponentVersion;
  local deployment = greengrass.deployment(spec, {
    [component_of(group.functions[i].name)]: {
      local f = group.functions[i],
      componentVersion: function_version(i),
      runWith: {
        posixUser: user_of(f),
        [if !as_lambda && f.memory_kb != null then 'systemResourceLimits']: { memory: f.memory_kb },
      },
    }
    for i in std.range(0, std.length(group.functions) - 1)
  } + {
    [r.ComponentName]: { componentVersion: r.ComponentVersion, runWith: { posixUser: spec.edge.posix_user } }
    for r in model_recipes
  } + { [c.name]: { componentVersion: c.version } for c in spec.edge.components }
  + {
    [name]: { componentVersion: version_for(name), configurationUpdate: { merge: std.toString(configurations[name]) } }
    for name in deployed
  });

  // ---- the report: every part of the group, what it became, what is left to do.
  local where(name) = if version_for(name) != null then 'configuration of ' + name + ' ' + version_for(name) else 'configuration/' + name + '.json';
  local version_todo(name) = if version_for(name) != null then '' else 'add {name: ' + name + ', version: ...} to edge.components and migrate again (aws greengrassv2 list-components --scope PUBLIC)';
  local sentences(list) = std.join('; ', [t for t in list if t != '']);
  local function_row(f) = row('function', f.name, (if as_lambda then 'Lambda component ' else 'component ') + component_of(f.name), sentences(
    if as_lambda then [
      if f.run_as != null then 'it runs as ' + user_of(f) else '',
      if f.executable != null then 'the executable is the one of the Lambda function' else '',
    ] else [
      'put its code and libraries into ' + f.name + '.zip' + (if f.package != null then ' (from ' + f.package + ')' else ''),
      if f.executable == null && f.handler == null then 'with a program bootstrap at its top' else '',
      'publish and subscribe through IPC (AWS IoT Device SDK v2) in place of greengrasssdk; topics: /routes of its configuration',
      if !f.pinned then 'it ran on demand: now it starts with the device and waits' else '',
      if f.timeout_s != null then 'its timeout of ' + f.timeout_s + ' s has no equivalent' else '',
      if f.encoding == 'binary' then 'messages are bytes, as before' else '',
      if f.isolation != 'NoContainer' then 'it runs without a container: /sys and files of the device are seen as they are' else '',
    ]
  ));
  local lambda_variables_rows = [
    row('variables', f.name, { nothing: 'they were of the Lambda function in the cloud' }, 'add those that the device needs to its variables in deploy.yaml')
    for f in group.functions
    if f.lambda_variables != []
  ];
  local resource_row(r) = row('resource', r.id + ' (' + r.kind + ')',
    if r.kind == 's3-model' then 'component ' + component_of(r.id) + (if as_lambda then ', mounted at ' else ', linked at ') + r.destination
    else if r.kind == 'volume' then (if as_lambda then 'volume of the containers: ' else 'link made by Install: ') + r.destination + ' -> ' + r.source
    else if r.kind == 'device' then (if as_lambda then 'device of the containers: ' else 'Install puts the user into the group of ') + r.source
    else if r.kind == 'secret' then where('aws.greengrass.SecretManager')
    else { nothing: 'no component downloads from a SageMaker job' },
    sentences([
      if r.kind == 's3-model' && digest_of(r) == null then 'model.url and model.digest of deploy.yaml should name it: without them its bytes are not checked' else '',
      if r.kind == 's3-model' && as_lambda then 'the nucleus is taken to be in ' + root else '',
      if r.kind == 'sagemaker-model' then 'copy the model of ' + r.source + ' to S3, and write it as kind: s3-model' else '',
      if r.kind == 'secret' then version_todo('aws.greengrass.SecretManager') else '',
      if [f for f in group.functions if std.member([a.id for a in f.resources], r.id)] == [] then 'no function uses it' else '',
    ]));
  local by_shadow(s) = s.source == 'GGShadowService' || s.target == 'GGShadowService';
  local subscription_row(i) =
    local s = group.subscriptions[i];
    local way_of =
      if is_connector(s.source) || is_connector(s.target) then [{ nothing: 'connectors are gone' }, 'let a function publish to the component that takes the place of the connector']
      else if by_shadow(s) then [if shadows == {} then { nothing: 'the shadow service is a component now' } else where('aws.greengrass.ShadowManager'), sentences(['shadows are local IPC calls, no topics', if shadows == {} then 'add aws.greengrass.ShadowManager to edge.components' else version_todo('aws.greengrass.ShadowManager')])]
      else if is_device(s.source) && is_device(s.target) then ['the broker on the device (aws.greengrass.clientdevices.mqtt.Moquette): devices hear each other', '']
      else if is_device(s.source) || is_device(s.target) then [where('aws.greengrass.clientdevices.mqtt.Bridge'), version_todo('aws.greengrass.clientdevices.mqtt.Bridge')]
      else if as_lambda then (
        if s.source == 'cloud' then ['event source IOT_CORE of ' + component_of(name_of(s.target)), '']
        else ['route in the ' + where('aws.greengrass.LegacySubscriptionRouter') + (if is_function(s.target) then ', event source PUB_SUB of ' + component_of(name_of(s.target)) else ''), '']
      )
      else if s.source == 'cloud' then ['topic of IoT Core that ' + component_of(name_of(s.target)) + ' may subscribe to (/routes/cloud_in)', '']
      else if s.target == 'cloud' then ['topic of IoT Core that ' + component_of(name_of(s.source)) + ' may publish to (/routes/cloud_out)', '']
      else ['local topic from ' + component_of(name_of(s.source)) + ' (/routes/local_out) to ' + component_of(name_of(s.target)) + ' (/routes/local_in)', ''];
    row('subscription', s.source + ' > ' + s.topic + ' > ' + s.target, way_of[0], way_of[1]);
  local logger_row(l) =
    local name = if l.type == 'FileSystem' then 'aws.greengrass.Nucleus' else 'aws.greengrass.LogManager';
    row('logger', l.component + ' ' + l.type, where(name), sentences([
      version_todo(name),
      if l.level == 'FATAL' then 'there is no FATAL: ERROR is taken' else '',
      if l.type == 'FileSystem' && std.length(files) > 1 then 'the device has one level and one size for all' else '',
    ]));
  // (Greengrass V2 developer guide, "AWS-provided components": those that do what a connector did)
  local connector_components = {
    CloudWatchMetrics: 'aws.greengrass.Cloudwatch',
    DeviceDefender: 'aws.greengrass.DeviceDefender',
    KinesisFirehose: 'aws.greengrass.KinesisFirehose',
    ModbusRTUProtocolAdapter: 'aws.greengrass.Modbus',
    SNS: 'aws.greengrass.SNS',
  };
  local connector_row(c) =
    local parts = std.split(c.arn, '/');
    local kind = if std.length(parts) > 3 then parts[std.length(parts) - 3] else '';
    local component = std.get(connector_components, kind, null);
    row('connector', c.name,
      if component == null then { nothing: 'there is no component for ' + (if kind == '' then c.arn else kind) } else 'to do: ' + component,
      if component == null then 'write a component that does it' else 'add it with its version to edge.components, and its parameters as its configuration');
  local device_row(d) = row('device', d.name, 'client device', sentences([
    'add aws.greengrass.clientdevices.Auth, mqtt.Moquette, mqtt.Bridge and IPDetector to edge.components, and a deviceGroups policy to Auth',
    'aws greengrassv2 batch-associate-client-device-with-core-device --core-device-thing-name CORE --entries thingName=' + d.name,
  ]));
  local rows =
    [function_row(f) for f in group.functions]
    + [resource_row(r) for r in group.resources]
    + [subscription_row(i) for i in std.range(0, std.length(group.subscriptions) - 1)]
    + [logger_row(l) for l in group.loggers]
    + [device_row(d) for d in group.devices]
    + [connector_row(c) for c in group.connectors]
    + lambda_variables_rows
    + (if group.sync_shadow then [row('core', 'shadow', where('aws.greengrass.ShadowManager'), version_todo('aws.greengrass.ShadowManager'))] else [])
    + [row('role', if group.role == null then 'of the group' else group.role, 'token exchange role', "attach the role's policies to the role behind the role alias of the devices, with s3:GetObject on what the components download")];

  // (No text of a group can hold '|': its reader takes none that names need not have.)
  local report = std.join('\n', [
    '# ' + spec.name + ': from Greengrass v1 to v2',
    '',
    'Functions: ' + std.length(group.functions) + ', resources: ' + std.length(group.resources) + ', subscriptions: ' + std.length(group.subscriptions)
    + ', loggers: ' + std.length(group.loggers) + ', devices: ' + std.length(group.devices) + ', connectors: ' + std.length(group.connectors) + '.',
    'Subscriptions are ' + (if as_lambda then 'event sources of Lambda components and the configuration of the legacy subscription router.' else 'routes in the configuration of the components, with the access that IPC asks for.'),
    '',
    '| what | of v1 | became | to do |',
    '|---|---|---|---|',
  ] + ['| ' + std.join(' | ', [r.kind, '`' + r.name + '`', r.became, if r.todo == '' then '-' else r.todo]) + ' |' for r in rows]);

  local recipes = model_recipes + (if as_lambda then [] else function_recipes);
  local recipe_file(r) = 'recipes/' + r.ComponentName + '-' + r.ComponentVersion + '.yaml';
  local lambda_file(c) = 'lambda/' + c.lambdaFunction.componentName + '.json';
  local topics = std.set([s.topic for s in group.subscriptions if s.source == 'cloud' || s.target == 'cloud']);
  {
    files: {
      'deployment.json': deployment,
      'report.md': report,
      'report.json': { items: rows },
    } + { [recipe_file(r)]: r for r in recipes }
    + { [lambda_file(c)]: c for c in (if as_lambda then lambda_components else []) }
    + { ['configuration/' + name + '.json']: configurations[name] for name in undeployed },
    warnings: [greengrass.replaces_all] + ["'" + r.name + "' (" + r.kind + ') became ' + r.became for r in rows if r.is_lost],
    next:
      ['read report.md: it says of every part of the group what became of it and what is left to do']
      + (if as_lambda then [] else ['upload the code of ' + f.name + ' as ' + code_url(f) for f in group.functions])
      + ['aws greengrassv2 create-component-version --region ' + spec.region + ' --inline-recipe fileb://' + recipe_file(r) for r in recipes]
      + ['aws greengrassv2 create-component-version --region ' + spec.region + ' --cli-input-json file://' + lambda_file(c) for c in (if as_lambda then lambda_components else [])]
      + ['aws greengrassv2 create-deployment --region ' + spec.region + ' --cli-input-json file://deployment.json']
      + (if topics == [] then [] else ['let the IoT policy of each device take iot:Publish, iot:Subscribe and iot:Receive on: ' + std.join(', ', topics)]),
  }
