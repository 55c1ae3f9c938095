// instance: 'serve http' on one machine: a systemd unit, a script that installs it, and with instance.type an EC2
// instance that runs the script when it starts.
local aws = import 'mlopsctl/aws.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local it = spec.instance;
  local unit_name = spec.name + '.service';
  local folder = '/opt/mlopsctl/' + spec.name;
  local runtime = folder + '/runtime-' + aws.short(it.runtime.digest);
  local model = folder + '/model-' + aws.short(spec.model.digest) + '-' + aws.s3_url(spec.model.url).file;

  // What the service reads and nobody else may: systemd hands it copies. (systemd.exec(5), "Credentials")
  local credential(name) = '${CREDENTIALS_DIRECTORY}/' + name;
  local words =
    [runtime + '/bin/launch', 'serve', 'http', '--model', model, '--listen', '0.0.0.0:' + it.port]
    + std.flattenArrays([['--allow-host', host] for host in it.hosts]);
  // A variable's '$' is not doubled: these words are ours.
  local credential_words = '--token-file ' + credential('token') + ' --tls-cert ' + credential('tls-certificate') + ' --tls-key ' + credential('tls-key');
  local unit_lines = [
    '# Detection service of ' + spec.name + ' (deploy.yaml, rendered by mlopsctl).',
    '[Unit]',
    'Description=' + spec.name + ': detection service',
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'ExecStart=' + std.join(' ', [quote.systemd_word(w) for w in words]) + ' ' + credential_words,
    'LoadCredential=token:' + it.token_file,
    'LoadCredential=tls-certificate:' + it.tls.certificate,
    'LoadCredential=tls-key:' + it.tls.key,
    'Restart=on-failure',
    'RestartSec=5',
    '# Accepted requests are answered first.',
    'TimeoutStopSec=60',
    'KillMode=mixed',
    '',
    '# A user that exists while the service does, who may do nothing but read, compute, and answer on its port.',
    'DynamicUser=yes',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'ProtectProc=invisible',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'PrivateDevices=yes',
    'PrivateTmp=yes',
    'PrivateUsers=yes',
    'RemoveIPC=yes',
    'LockPersonality=yes',
    '# No page that can be written can be run: the engines make no code.',
    'MemoryDenyWriteExecute=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged',
    'SystemCallErrorNumber=EPERM',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];

  // (sh; every word of deploy.yaml is quoted)
  local aws_command(words) = quote.command(['try', 'aws'] + words + ['--region', spec.region]);
  local settings = [
    'root=${DESTDIR:-}',
    'folder=' + quote.shell(folder),
    'runtime=' + quote.shell(runtime),
    'model=' + quote.shell(model),
    'unit=' + quote.shell(unit_name),
    "# A new role's keys may not be known everywhere yet.",
    'try() {',
    '  for seconds in 5 10 20 40; do',
    '    "$@" && return',
    '    sleep "$seconds"',
    '  done',
    '  "$@"',
    '}',
  ];
  local install_lines = [
    '# Another version is put beside the one that runs; what is half there is never started.',
    'mkdir -p "$root$folder" "$root/etc/systemd/system"',
    'work=$(mktemp -d "$root$folder/install.XXXXXX")',
    'trap \'rm -rf "$work"\' EXIT',
    '# FILE DIGEST WHAT: nothing else is installed',
    'check() {',
    '  echo "$2  $1" | sha256sum --check --quiet - || {',
    '    echo "$3: these are not the bytes of deploy.yaml; nothing was installed" >&2',
    '    exit 1',
    '  }',
    '}',
    'if [ "$#" -eq 2 ]; then',
    '  cp -- "$1" "$work/runtime.tar.gz"',
    '  cp -- "$2" "$work/model"',
    'else',
    '  ' + aws_command(['s3', 'cp', '--only-show-errors', it.runtime.url]) + ' "$work/runtime.tar.gz"',
    '  ' + aws_command(['s3', 'cp', '--only-show-errors', spec.model.url]) + ' "$work/model"',
    'fi',
    'check "$work/runtime.tar.gz" ' + quote.shell(it.runtime.digest[7:]) + ' runtime',
    'check "$work/model" ' + quote.shell(spec.model.digest[7:]) + ' model',
    'if [ ! -d "$root$runtime" ]; then',
    '  mkdir "$work/runtime"',
    '  tar -xzf "$work/runtime.tar.gz" -C "$work/runtime" --no-same-owner',
    '  chmod 755 "$work/runtime"',
    '  mv "$work/runtime" "$root$runtime"',
    'fi',
    'chmod 644 "$work/model"',
    'mv "$work/model" "$root$model"',
    "cat > \"$work/unit\" << 'END OF UNIT'",
  ] + unit_lines + [
    'END OF UNIT',
    'chmod 644 "$work/unit"',
    'mv "$work/unit" "$root/etc/systemd/system/$unit"',
    'if [ -z "$root" ]; then',
    '  systemctl daemon-reload',
    '  systemctl enable "$unit"',
    '  systemctl restart "$unit"',
    'fi',
  ];
  local install = std.lines([
    '#!/bin/sh',
    '# Installs the detection service of ' + spec.name + ': sudo sh install.sh [RUNTIME MODEL]',
    '# Without files they are fetched from S3. The token and the TLS files are yours to put where the unit reads them.',
    '# With DESTDIR it is only laid out below that folder.',
    'set -eu',
    'umask 022',
  ] + settings + install_lines);

  // What is secret is in the Parameter Store, encrypted; the instance's role may read these three.
  // (Systems Manager user guide, "SecureString parameters")
  local secrets = [
    { name: 'token', file: it.token_file },
    { name: 'tls-certificate', file: it.tls.certificate },
    { name: 'tls-key', file: it.tls.key },
  ];
  local parameter(name) = '/' + spec.name + '/' + name;
  local user_data = std.lines([
    '#!/bin/sh',
    '# When the instance of ' + spec.name + ' first starts: its secrets, then what install.sh does.',
    'set -eu',
  ] + settings + [
    'umask 077',
    '# NAME FILE',
    'secret() {',
    '  mkdir -p "$(dirname "$root$2")"',
    '  ' + aws_command(['ssm', 'get-parameter', '--with-decryption', '--query', 'Parameter.Value', '--output', 'text']) + ' --name "$1" > "$root$2"',
    '}',
  ] + ['secret ' + quote.command([parameter(s.name), s.file]) for s in secrets] + [
    'umask 022',
  ] + install_lines);

  // (Amazon EC2 user guide, "Run commands when you launch an EC2 instance with user data input": 16 KB)
  local checked_user_data =
    if std.length(user_data) <= 16384 then user_data
    else error 'instance: the user data would have ' + std.length(user_data) + ' bytes, and EC2 takes 16384: use shorter names';

  local is_parameter = it.ami[0] == '/';
  local is_v6(cidr) = std.member(cidr, ':');
  local of_account(service, name) = aws.sub('arn:${AWS::Partition}:' + service + ':${AWS::Region}:${AWS::AccountId}:' + name);
  local instance_id = 'Instance' + std.md5(checked_user_data)[0:8];
  local resources = {
    // (CloudFormation template reference, "AWS::EC2::SecurityGroup")
    SecurityGroup: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'Who may reach the detection service of ' + spec.name,
        SecurityGroupIngress: [
          { IpProtocol: 'tcp', FromPort: it.port, ToPort: it.port, [if is_v6(cidr) then 'CidrIpv6' else 'CidrIp']: cidr }
          for cidr in it.allow_from
        ],
        // To S3 and Systems Manager, and nowhere else.
        SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0' }],
        [if it.vpc != null then 'VpcId']: it.vpc,
      },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: aws.trust('ec2.amazonaws.com'),
        Policies: [{
          PolicyName: 'only-what-it-needs',
          PolicyDocument: aws.policy([
            aws.allow('s3:GetObject', [aws.sub('arn:${AWS::Partition}:s3:::' + url[5:]) for url in std.set([it.runtime.url, spec.model.url])]),
            aws.allow('ssm:GetParameter', [of_account('ssm', 'parameter' + parameter(s.name)) for s in secrets]),
            // A shell on it goes through Session Manager: no ssh, no open port. Less than AmazonSSMManagedInstanceCore, which
            // reads every parameter. (Systems Manager user guide, "Add Session Manager permissions to an existing IAM role")
            aws.allow('ssm:UpdateInstanceInformation', of_account('ec2', 'instance/*')),
            aws.allow(['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'], '*'),
          ]),
        }],
      },
    },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [aws.ref('Role')] } },
    // The metadata service gives the role's keys: only to who asks with a token, and not through a proxy.
    // (Amazon EC2 user guide, "Use IMDSv2")
    LaunchTemplate: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: { MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
      },
    },
    // An instance runs its user data once, when it is new: other user data is another instance, made before the old one goes.
    [instance_id]: {
      Type: 'AWS::EC2::Instance',
      Properties: {
        LaunchTemplate: { LaunchTemplateId: aws.ref('LaunchTemplate'), Version: aws.get('LaunchTemplate', 'LatestVersionNumber') },
        InstanceType: it.type,
        ImageId: if is_parameter then aws.ref('Image') else it.ami,
        IamInstanceProfile: aws.ref('Profile'),
        SecurityGroupIds: [aws.get('SecurityGroup', 'GroupId')],
        [if it.subnet != null then 'SubnetId']: it.subnet,
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: it.volume_gb, DeleteOnTermination: true } }],
        UserData: { 'Fn::Base64': checked_user_data },
        Tags: [{ Key: 'Name', Value: spec.name }],
      },
    },
  };
  // The newest image of a name, looked up at each deployment. (CloudFormation user guide, "SSM parameter types")
  local parameters = if !is_parameter then {} else {
    Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: it.ami },
  };
  local stack = spec.name + '-instance';
  local template_file = stack + '.template.json';
  local on_ec2 = it.type != null;
  {
    files:
      { [unit_name]: std.lines(unit_lines), 'install.sh': install }
      + (if !on_ec2 then {} else {
           'user-data.sh': checked_user_data,
           [template_file]: aws.template(
             'Detection service of ' + spec.name + ' on one machine (deploy.yaml, rendered by mlopsctl)',
             resources,
             { Instance: { Value: aws.ref(instance_id) }, PrivateIp: { Value: aws.get(instance_id, 'PrivateIp') } },
             parameters
           ),
         }),
    warnings:
      (if it.hosts != [] then [] else ['instance.hosts is not set: the service answers to its addresses alone, not to names'])
      + (if on_ec2 && is_parameter then ["each deployment takes the newest image of '" + it.ami + "': another image makes a new instance"] else []),
    next:
      ['upload the runtime (made by mlopsctl package runtime) to ' + it.runtime.url + ', and the model to ' + spec.model.url]
      + (if !on_ec2 then [] else
           [quote.command(['aws', 'ssm', 'put-parameter', '--region', spec.region, '--type', 'SecureString', '--tier', 'Intelligent-Tiering', '--name', parameter(s.name), '--value', 'file://' + s.name]) for s in secrets]
           + [quote.command(['aws', 'cloudformation', 'deploy', '--region', spec.region, '--stack-name', stack, '--template-file', template_file, '--capabilities', 'CAPABILITY_IAM'])])
      + (if !on_ec2 then [] else ['look at it: aws ssm start-session --target INSTANCE, then: journalctl -u ' + unit_name + ' -u cloud-final'])
      + ['on a machine of your own: put what only root may read at ' + std.join(', ', [s.file for s in secrets]) + ', then: sudo sh install.sh RUNTIME.tar.gz MODEL'],
  }
