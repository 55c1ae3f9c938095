// What the templates for Greengrass share. Import it from your own template: import 'mlopsctl/greengrass.libsonnet'
local aws = import 'mlopsctl/aws.libsonnet';
{
  // The end of Greengrass v1. (Greengrass V1 developer guide, "Maintenance policy")
  v1_end:: '2026-10-07',

  // Recipe keys: Greengrass V2 developer guide, "AWS IoT Greengrass component recipe reference".
  recipe(name, description):: {
    RecipeFormatVersion: '2020-01-25',
    ComponentName: name,
    ComponentDescription: description,
    ComponentPublisher: 'mlopsctl',
  },

  // A component version never changes: other content needs another version. So the version is made from the content of
  // the recipe: the same deploy.yaml gives the same version, any change gives a new one, and the devices take what the
  // deployment names, newer or older. Three numbers; 28 bits each fit the nucleus's integers.
  // (Greengrass V2 developer guide, "Component versions")
  version_of(content)::
    local hash = std.md5(std.toString(content));
    '1.' + std.parseHex(hash[0:7]) + '.' + std.parseHex(hash[7:14]),
  // (Bound to a name first: Jsonnet computes a field again each time that it is read.)
  versioned(recipe)::
    local version = $.version_of(recipe);
    recipe { ComponentVersion: version },

  // An inline recipe has at most 16 kB. (Greengrass V2 endpoints and quotas, "Component recipe size")
  checked_size(recipe, hint)::
    local length = std.length(std.toString(recipe));
    if length <= 16000 then recipe
    else error 'edge: the recipe of ' + recipe.ComponentName + ' has ' + length + ' bytes; Greengrass takes 16000: ' + hint,

  // The model. Only ZIP is unpacked by the nucleus: a tar is unpacked by Install, which runs at every start of the
  // nucleus and so does nothing when the work is done. Bytes with a digest are checked against it first.
  // 'current' is the name that others know.
  model_recipe(name, description, url, digest)::
    local file = aws.s3_url(url).file;
    local kind =
      if std.endsWith(file, '.zip') then 'zip'
      else if std.endsWith(file, '.tar.gz') || std.endsWith(file, '.tgz') then 'tar'
      else error "model.url: '" + file + "' is not .tar.gz, .tgz or .zip, which is what a device can unpack";
    local folder = if digest == null then std.md5(url)[0:12] else aws.short(digest);
    local script = std.lines([
      'set -eu',
      'cd "{work:path}"',
    ] + (if digest == null then [] else [
      'echo "' + digest[7:] + '  {artifacts:path}/' + file + '" | sha256sum -c -',
    ]) + (
      if kind == 'zip' then [
        'ln -sfn "{artifacts:decompressedPath}/' + file[:std.length(file) - 4] + '" current',
      ] else [
        'if [ ! -d "' + folder + '" ]; then',
        '  rm -rf partial',
        '  mkdir partial',
        '  tar -xzf "{artifacts:path}/' + file + '" -C partial --no-same-owner',
        '  mv partial "' + folder + '"',
        'fi',
        'ln -sfn "' + folder + '" current',
      ]
    ));
    $.versioned($.recipe(name, description) {
      Manifests: [{
        Platform: { os: 'linux' },
        Lifecycle: { Install: { Script: script, Timeout: 300 } },
        Artifacts: [{ URI: url, Unarchive: if kind == 'zip' then 'ZIP' else 'NONE', Permission: { Read: 'OWNER' } }],
      }],
    }),

  // One document for the command line, in the API's spelling. (Greengrass V2 API reference, "CreateDeployment")
  deployment(spec, components):: {
    targetArn: 'arn:' + aws.partition(spec.region) + ':iot:' + spec.region + ':' + aws.account(spec, 'the deployment names its thing group by ARN') + ':thinggroup/' + spec.edge.thing_group,
    deploymentName: spec.name,
    components: components,
    deploymentPolicies: {
      failureHandlingPolicy: 'ROLLBACK',
      componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS', timeoutInSeconds: 60 },
      configurationValidationPolicy: { timeoutInSeconds: 30 },
    },
    // A bad version must not reach every device before somebody sees the first. (Greengrass V2 API reference,
    // "DeploymentIoTJobConfiguration")
    local rollout = spec.edge.rollout,
    iotJobConfiguration: {
      jobExecutionsRolloutConfig: { maximumPerMinute: rollout.devices_per_minute },
      abortConfig: {
        criteriaList: [{
          failureType: 'ALL',
          action: 'CANCEL',
          thresholdPercentage: rollout.abort_percent,
          minNumberOfExecutedThings: rollout.abort_after,
        }],
      },
    },
  },
  replaces_all:: 'a deployment replaces the whole set: components that it leaves out are uninstalled from the devices; list the ones to keep under edge.components',
}
