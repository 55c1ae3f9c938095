// The script that makes a machine one of the devices of deploy.yaml. (Greengrass V2 developer guide, "Install AWS IoT
// Greengrass Core software with automatic resource provisioning", "Installer arguments")
local quote = import 'mlopsctl/quote.libsonnet';

local machines = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64', 'linux/arm/v7': 'armv7l' };
local nucleus = 'https://d2s8p88vqu9w66.cloudfront.net/releases/greengrass-nucleus-latest.zip';

// client_id: of a core, which is the name of its policy of topics
function(spec, alias, client_id)
  local edge = spec.edge;
  local user = std.split(edge.posix_user, ':');
  local names = std.join(' or ', [c.name for c in edge.cores]);
  local has_device(camera) = std.startsWith(camera, '/');
  std.lines([
    '#!/bin/sh',
    '# Makes this machine a device of ' + spec.name + ': sudo -E sh device.sh NAME [greengrass-nucleus.zip]',
    '# NAME is ' + names + '. Needs java, unzip and the AWS CLI, with credentials in the environment that may',
    '# provision devices; none of them stays here. What is done already is left as it is: after a failure run it again.',
    '# With DESTDIR files are laid out below that folder.',
    'set -eu',
    'root=${DESTDIR:-}',
    'folder=$root/greengrass/v2',
    'fail() {',
    '  echo "device.sh: $1" >&2',
    '  exit 1',
    '}',
    'case ${1:-} in',
  ] + [
    '  ' + quote.shell(c.name) + ') machine=' + machines[c.platform] + ' camera=' + quote.shell(if has_device(c.camera) then c.camera else '') + ' policy=' + quote.shell(client_id(c)) + ' ;;'
    for c in edge.cores
  ] + [
    '  *) fail ' + quote.shell('NAME is ' + names + ', as in deploy.yaml') + ' ;;',
    'esac',
    'name=$1',
    '[ "$(id -u)" = 0 ] || fail "wants root: sudo -E sh device.sh $name"',
    '[ "$(uname -m)" = "$machine" ] || fail "deploy.yaml says that $name is $machine; this is $(uname -m)"',
    'for program in java unzip aws; do',
    '  command -v "$program" > /dev/null || fail "$program is not installed"',
    'done',
    '',
    '# Whom components run as; the camera is its group\'s.',
    'getent group ' + user[1] + ' > /dev/null || groupadd --system ' + user[1],
    'getent passwd ' + user[0] + ' > /dev/null || useradd --system --create-home --gid ' + user[1] + ' ' + user[0],
    'if [ -n "$camera" ]; then',
    '  [ -e "$root$camera" ] || fail "$camera is not there: is the camera plugged in?"',
    '  usermod --append --groups "$(stat -L -c %G "$root$camera")" ' + user[0],
    'fi',
    '',
    '# The nucleus, which registers the device and its certificate, and joins the thing group.',
    'if [ ! -e "$folder/alts/current" ]; then',
    '  work=$(mktemp -d)',
    "  trap 'rm -rf \"$work\"' EXIT",
    '  if [ "$#" -ge 2 ]; then',
    '    cp -- "$2" "$work/nucleus.zip"',
    '  else',
    '    curl -fsSL --retry 5 -o "$work/nucleus.zip" ' + nucleus,
    '  fi',
    '  # It is signed; a JDK can tell.',
    '  if command -v jarsigner > /dev/null; then',
    '    jarsigner -verify "$work/nucleus.zip" | grep -q "jar verified" || fail "the nucleus is not as its makers signed it"',
    '  fi',
    '  unzip -q "$work/nucleus.zip" -d "$work/nucleus"',
    '  java -Droot="$folder" -Dlog.store=FILE -jar "$work/nucleus/lib/Greengrass.jar" --aws-region ' + spec.region + ' \\',
    '    --thing-name "$name" --thing-group-name ' + quote.shell(edge.thing_group) + ' --tes-role-alias-name ' + quote.shell(alias) + ' \\',
    '    --component-default-user ' + edge.posix_user + ' --provision true --setup-system-service true',
    'fi',
    '',
    '# The runtime is a client of its own, with the certificate of the device: it may use its topics, and read the key.',
    'certificates=$(aws iot list-thing-principals --region ' + spec.region + ' --thing-name "$name" --query principals --output text)',
    '[ -n "$certificates" ] || fail "$name has no certificate"',
    'for certificate in $certificates; do',
    '  aws iot attach-policy --region ' + spec.region + ' --policy-name "$policy" --target "$certificate"',
    'done',
    'chmod a+x "$root/greengrass" "$folder"',
    'for file in ' + quote.command([edge.mqtt.certificate, edge.mqtt.private_key]) + '; do',
    '  chgrp ' + user[1] + ' "$root$file"',
    '  chmod 640 "$root$file"',
    'done',
    'chmod a+r "$root"' + quote.shell(edge.mqtt.ca),
    'echo "$name is a device of ' + spec.name + '; what it does: $folder/logs/greengrass.log"',
  ])
