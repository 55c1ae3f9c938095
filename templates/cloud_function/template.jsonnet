// cloud-function: Lambda functions with what they need and nothing more: a role each, a log group each, triggers,
// a queue for events that failed, tables, and the registry of their images in a template of its own.
//
// A template is a function of the checked deploy.yaml (its keys, defaults filled in, null where nothing was said). It
// gives {files: {name: content}, warnings: [text], next: [text]}.
local aws = import 'mlopsctl/aws.libsonnet';

function(spec)
  local tables = { [t.name]: t for t in spec.tables };
  local own_tables = [t for t in spec.tables if !t.existing];

  // Where the code is. A digest in the name makes new code a new name: CloudFormation updates a function only when its
  // template changes. (CloudFormation template reference, "AWS::Lambda::Function Code")
  local zip_key(f) = spec.artifacts.prefix + f.name + (if f.digest == null then '' else '-' + aws.short(f.digest)) + '.zip';
  local image_uri(f) = spec.artifacts.registry + (if f.digest == null then ':' + f.name else '@' + f.digest);
  local code(f) =
    if f.package == 'image' then { PackageType: 'Image', Code: { ImageUri: image_uri(f) } }
    // The zip has an executable 'bootstrap' at its top. (Lambda developer guide, "Building a custom runtime")
    else {
      PackageType: 'Zip',
      Code: { S3Bucket: spec.artifacts.bucket, S3Key: zip_key(f) },
      Runtime: 'provided.al2023',
      Handler: 'bootstrap',
    };

  // What the function has to know, as MLOPSCTL_<COMMAND>_<FLAG>; no secret is here: the role is its identity.
  local environment(f) = {
    MLOPSCTL_SERVE_LAMBDA_MODEL: spec.model.url,
    MLOPSCTL_SERVE_LAMBDA_MODEL_DIGEST: spec.model.digest,
    [if f.table != null then 'MLOPSCTL_SERVE_LAMBDA_TABLE']: 'dynamodb://' + f.table,
    [if f.table != null && tables[f.table].layout == 'item' && tables[f.table].partition_key != null
    then 'MLOPSCTL_SERVE_LAMBDA_PARTITION_KEY']: tables[f.table].partition_key,
    [if f.data != null then 'MLOPSCTL_SERVE_LAMBDA_DATA']: f.data,
    [if f.images != null then 'MLOPSCTL_SERVE_LAMBDA_IMAGES']: f.images,
    [if f.lookup != null then 'MLOPSCTL_SERVE_LAMBDA_LOOKUP']: 'dynamodb://' + f.lookup,
    [if f.lookup != null then 'MLOPSCTL_SERVE_LAMBDA_LOOKUP_KEY']: tables[f.lookup].partition_key,
    // Items carry their end of life in 'expires_at'; rows of a benchmark table stay.
    [if f.table != null && tables[f.table].layout == 'item' && spec.retention_days != null
    then 'MLOPSCTL_SERVE_LAMBDA_RETENTION_DAYS']: std.toString(spec.retention_days),
  };

  local queue_name(f) = f.name + '-dead-letters';
  local of_account(service, name) = aws.sub('arn:${AWS::Partition}:' + service + ':${AWS::Region}:${AWS::AccountId}:' + name);

  // What the role of a function may do, each line on exactly one thing, by its name: the same words serve somebody who
  // makes the role by hand. (Service authorization reference)
  local new_or_old(f) = [t.s3 for t in f.triggers if t.s3 != null];
  local read_objects(f) = std.set(
    [t.bucket + '/' + t.prefix + '*' + t.suffix for t in new_or_old(f)]
    + [spec.model.url[5:]]
    + (if f.data == null then [] else [f.data[5:]])
    + (if f.images == null then [] else [f.images[5:] + (if std.endsWith(f.images, '/') then '*' else '/*')])
  );
  // Which pictures are there is asked once, by their folder's name. (Service authorization reference, "s3:prefix")
  local list_pictures(f) =
    local location = aws.s3_url(f.images);
    local folder = std.rstripChars(location.key, '/');
    aws.allow('s3:ListBucket', aws.s3_arn(location.bucket)) +
    (if folder == '' then {} else { Condition: { StringEquals: { 's3:prefix': folder + '/' } } });
  local permissions(f) = [statement for statement in [
    aws.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], of_account('logs', 'log-group:/aws/lambda/' + f.name + ':*')),
    aws.allow('s3:GetObject', [aws.sub('arn:${AWS::Partition}:s3:::' + o) for o in read_objects(f)]),
    if f.table != null && tables[f.table].layout == 'item' then aws.allow('dynamodb:PutItem', aws.table_arn(f.table)),
    if f.images != null then list_pictures(f),
    // An event that comes again finds its row there.
    if f.table != null && tables[f.table].layout == 'benchmark'
    then aws.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], aws.table_arn(f.table)),
    if f.lookup != null then aws.allow('dynamodb:GetItem', aws.table_arn(f.lookup)),
    if f.dead_letter then aws.allow('sqs:SendMessage', of_account('sqs', queue_name(f))),
  ] if statement != null];
  local trust = aws.trust('lambda.amazonaws.com');

  // Whose role a function takes: one made here, one of deploy.yaml's, or one that is asked for (--no-iam).
  local has_own_role(f) = f.role == null && !spec.options.no_iam;
  local is_asked_for(f) = f.role == null && spec.options.no_iam;
  local role_parameter(f) = aws.id(f.name) + 'RoleArn';
  local role_of(f) =
    if has_own_role(f) then aws.get(aws.id(f.name) + 'Role', 'Arn')
    else if is_asked_for(f) then aws.ref(role_parameter(f)) else f.role;
  local parameters = {
    [role_parameter(f)]: {
      Type: 'String',
      Description: 'Role of function ' + f.name + ', with policy-' + f.name + '.json and trust-policy.json',
      AllowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$',
    }
    for f in spec.functions
    if is_asked_for(f)
  };
  local why = 'the policies to ask for name what they allow by ARN';
  local policy_files = if !spec.options.no_iam then {} else
    { ['policy-' + f.name + '.json']: aws.written_out(aws.policy(permissions(f)), spec, why) for f in spec.functions }
    + { 'trust-policy.json': trust };

  // One function. (CloudFormation template reference, "AWS::Lambda::Function")
  local function_of(f) =
    local id = aws.id(f.name); {
    [id + 'Function']: {
      Type: 'AWS::Lambda::Function',
      Properties: code(f) + {
        FunctionName: f.name,
        Architectures: [f.architecture],
        MemorySize: f.memory_mb,
        Timeout: f.timeout_s,
        EphemeralStorage: { Size: f.tmp_mb },
        Role: role_of(f),
        Environment: { Variables: environment(f) },
        LoggingConfig: { LogGroup: aws.ref(id + 'Logs') },
        // Only where it was asked for: it is taken from what the account's other functions have.
        [if f.reserved_concurrency != null then 'ReservedConcurrentExecutions']: f.reserved_concurrency,
        // Asynchronous events that failed three times go there. (Lambda developer guide, "Asynchronous invocation")
        [if f.dead_letter then 'DeadLetterConfig']: { TargetArn: aws.get(id + 'DeadLetters', 'Arn') },
      },
    },
    // Made here, so that the logs end and the role cannot make other groups.
    [id + 'Logs']: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/' + f.name, RetentionInDays: aws.log_days(spec.retention_days) },
    },
    [if has_own_role(f) then id + 'Role']: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust,
        Policies: [{ PolicyName: 'only-what-it-needs', PolicyDocument: aws.policy(permissions(f)) }],
      },
    },
    // Holds names of objects, not pictures; kept no longer than they are. (SQS API reference, "SetQueueAttributes")
    [if f.dead_letter then id + 'DeadLetters']: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: queue_name(f),
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 86400 * std.min(14, if spec.retention_days == null then 14 else spec.retention_days),
      },
    },
  };

  // Who may call the function: one rule or one bucket, of this account. (Lambda developer guide, "Resource-based policies")
  local permission(f, principal, source_arn, by_name) = {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: aws.get(aws.id(f.name) + 'Function', 'Arn'),
      Principal: principal,
      SourceArn: source_arn,
      // A bucket's ARN does not hold an account: without this, a bucket of that name in another one could call.
      [if by_name then 'SourceAccount']: aws.ref('AWS::AccountId'),
    },
  };
  // An address of its own. Both permissions are asked for, of new addresses since October 2025. 'iam' lets this account's
  // own users and roles in, whose policies say which of them; 'none' lets everybody in, by the address alone.
  // (Lambda developer guide, "Control access to Lambda function URLs")
  local url_of(f) =
    local id = aws.id(f.name);
    local is_open = f.url.auth == 'none';
    local auth_type = if is_open then 'NONE' else 'AWS_IAM';
    local may(action) = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: action,
        FunctionName: aws.get(id + 'Function', 'Arn'),
        Principal: if is_open then '*' else aws.ref('AWS::AccountId'),
      },
    };
    if f.url == null then {} else {
      [id + 'Url']: { Type: 'AWS::Lambda::Url', Properties: { AuthType: auth_type, TargetFunctionArn: aws.get(id + 'Function', 'Arn') } },
      [id + 'UrlPermission']: may('lambda:InvokeFunctionUrl') + { Properties+: { FunctionUrlAuthType: auth_type } },
      [id + 'UrlInvokePermission']: may('lambda:InvokeFunction') + {
        // Else it would be open to every account's calls of the function itself as well.
        Properties+: { [if is_open then 'InvokedViaFunctionUrl']: true },
      },
    };

  local rule(f, n, properties) =
    local id = aws.id(f.name) + 'Trigger' + n; {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: { State: 'ENABLED', Targets: [{ Id: 'function', Arn: aws.get(aws.id(f.name) + 'Function', 'Arn') }] } + properties,
    },
    [id + 'Permission']: permission(f, 'events.amazonaws.com', aws.get(id, 'Arn'), false),
  };
  // A bucket that exists cannot get a notification from a template: its events come through EventBridge.
  // (S3 user guide, "Using EventBridge"; EventBridge user guide, "Comparison operators": wildcard)
  local object_created(s3) = {
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [s3.bucket] },
        [if s3.prefix != '' || s3.suffix != '' then 'object']: {
          key: [
            if s3.suffix == '' then { prefix: s3.prefix }
            else if s3.prefix == '' then { suffix: s3.suffix }
            else { wildcard: s3.prefix + '*' + s3.suffix },
          ],
        },
      },
    },
  };
  local bucket_permission_id(f, bucket) = aws.id(f.name) + aws.id(bucket) + 'Permission';
  local trigger(f, n, t) =
    if t.s3 == null then rule(f, n, { ScheduleExpression: t.schedule })
    else if t.s3.existing then rule(f, n, object_created(t.s3))
    // By the bucket's NAME: a reference to the bucket would make a circle. (CloudFormation, "Circular dependency")
    else { [bucket_permission_id(f, t.s3.bucket)]: permission(f, 's3.amazonaws.com', aws.s3_arn(t.s3.bucket), true) };
  local triggers_of(f) = std.foldl(
    function(all, n) all + trigger(f, n + 1, f.triggers[n]), std.range(0, std.length(f.triggers) - 1), {}
  );

  // Buckets that are made here. (CloudFormation template reference, "AWS::S3::Bucket")
  local new_triggers = [{ f: f, s3: t.s3 } for f in spec.functions for t in f.triggers if t.s3 != null && !t.s3.existing];
  local new_buckets = std.set([t.s3.bucket for t in new_triggers]);
  local filter(s3) =
    (if s3.prefix == '' then [] else [{ Name: 'prefix', Value: s3.prefix }]) +
    (if s3.suffix == '' then [] else [{ Name: 'suffix', Value: s3.suffix }]);
  local bucket(name) =
    local id = aws.id(name) + 'Bucket';
    local mine = [t for t in new_triggers if t.s3.bucket == name]; {
    [id]: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      // S3 asks whether it may call the function when the notification is set.
      DependsOn: std.set([bucket_permission_id(t.f, name) for t in mine]),
      Properties: {
        BucketName: name,
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        NotificationConfiguration: {
          LambdaConfigurations: [
            {
              Event: 's3:ObjectCreated:*',
              Function: aws.get(aws.id(t.f.name) + 'Function', 'Arn'),
              [if std.length(filter(t.s3)) > 0 then 'Filter']: { S3Key: { Rules: filter(t.s3) } },
            }
            for t in mine
          ],
        },
        // Pictures of people end when they promised to. (S3 user guide, "Managing the lifecycle of objects")
        LifecycleConfiguration: {
          Rules: [{ Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }] +
                 (if spec.retention_days == null then []
                  else [{ Id: 'retention', Status: 'Enabled', ExpirationInDays: spec.retention_days }]),
        },
      },
    },
    // Nothing goes in or out without TLS. (S3 user guide, "Security best practices": aws:SecureTransport)
    [id + 'Policy']: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: aws.ref(id),
        PolicyDocument: aws.policy([{
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [aws.s3_arn(name), aws.s3_arn(name, '*')],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }]),
      },
    },
  };

  // Where the images are. A stack of its own: a function is made from an image that is there already.
  // (CloudFormation template reference, "AWS::ECR::Repository"; ECR user guide, "Lifecycle policy properties")
  local registry = {
    Registry: {
      Type: 'AWS::ECR::Repository',
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        RepositoryName: std.splitLimit(spec.artifacts.registry, '/', 1)[1],
        // What was tested under a name is what runs under it, and it has been looked through for known faults.
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
        EncryptionConfiguration: { EncryptionType: 'AES256' },
        LifecyclePolicy: {
          LifecyclePolicyText: std.manifestJsonMinified({
            rules: [{
              rulePriority: 1,
              // Images that functions run keep their tags: none of them ends here.
              description: 'uploads that nothing names any more',
              selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
              action: { type: 'expire' },
            }],
          }),
        },
        // Lambda fetches images itself. (Lambda developer guide, "Create a function using a container image")
        RepositoryPolicyText: aws.policy([{
          Sid: 'FunctionsOfThisAccount',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          Condition: { ArnLike: { 'aws:SourceArn': of_account('lambda', 'function:*') } },
        }]),
      },
    },
  };

  // Names lose their punctuation in an id: two that become the same must not replace each other.
  local parts = [function_of(f) + triggers_of(f) + url_of(f) for f in spec.functions]
                + [{ [aws.id(t.name) + 'Table']: aws.table(t, spec.retention_days) } for t in own_tables]
                + [bucket(name) for name in new_buckets];
  local ids = std.sort(std.flattenArrays([std.objectFields(part) for part in parts]));
  local twice = [ids[i] for i in std.range(1, std.length(ids) - 1) if ids[i] == ids[i - 1]];
  local resources =
    if std.length(twice) == 0 then std.foldl(function(all, part) all + part, parts, {})
    else error "two resources would have the id '" + twice[0] + "': rename a function, table or bucket";
  local outputs = std.foldl(
    function(all, f) all + {
      [aws.id(f.name) + 'Arn']: { Value: aws.get(aws.id(f.name) + 'Function', 'Arn') },
      [if f.dead_letter then aws.id(f.name) + 'DeadLetterQueue']: { Value: aws.ref(aws.id(f.name) + 'DeadLetters') },
      [if f.url != null then aws.id(f.name) + 'Address']: { Value: aws.get(aws.id(f.name) + 'Url', 'FunctionUrl') },
    },
    spec.functions,
    {}
  );

  // What the person who deploys must know and do.
  local existing_buckets = std.set([t.s3.bucket for f in spec.functions for t in f.triggers if t.s3 != null && t.s3.existing]);
  local file = spec.name + '.template.json';
  local registry_file = spec.name + '-registry.template.json';
  local deploy(stack, file) = 'aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + stack + ' --template-file ' + file;
  // A tag is pushed once: the digest makes it another one for other bytes.
  local tagged(f) = spec.artifacts.registry + ':' + f.name + (if f.digest == null then '' else '-' + aws.short(f.digest));
  local role_arn(f) = 'arn:' + aws.partition(spec.region) + ':iam::' + aws.account(spec, why) + ':role/' + f.name;
  local asked_for = [f for f in spec.functions if is_asked_for(f)];
  {
    files:
      { [file]: aws.template('Functions of ' + spec.name + ' (deploy.yaml, rendered by mlopsctl)', resources, outputs, parameters) }
      + policy_files
      + (if spec.artifacts.create_registry
         then { [registry_file]: aws.template('Images of ' + spec.name + ' (deploy.yaml, rendered by mlopsctl)', registry, { Repository: { Value: aws.get('Registry', 'RepositoryUri') } }) }
         else {}),
    warnings:
      ["bucket '" + b + "' must send its events to EventBridge (S3 console: Properties, Amazon EventBridge, On), or its triggers never fire" for b in existing_buckets]
      + ["function '" + f.name + "' has no digest: new code under the same name is not seen by CloudFormation" + (if spec.artifacts.create_registry && f.package == 'image' then ', and the registry takes a tag once' else '') + '; add digest: sha256:...' for f in spec.functions if f.digest == null]
      + ["function '" + f.name + "' reads " + f.data + ", but may not read the pictures that it names; add images: s3://bucket/folder/" for f in spec.functions if f.data != null && f.images == null && f.role == null]
      + ["function '" + f.name + "' is started by a schedule and has no data: the runtime measures nothing; add data: s3://bucket/set.manifest" for f in spec.functions if f.data == null && std.length([t for t in f.triggers if t.s3 == null]) > 0]
      + ["function '" + f.name + "' uses its own role, which must allow what the others' roles allow: logs, s3:GetObject, its table" + (if f.dead_letter then ', sqs:SendMessage' else '') for f in spec.functions if f.role != null]
      + ["function '" + f.name + "' answers the whole world (url.auth: none), and each call is paid for; auth: iam lets in who signs with this account's keys" for f in spec.functions if f.url != null && f.url.auth == 'none']
      + ["function '" + f.name + "' takes " + f.reserved_concurrency + " of the account's concurrent runs for itself; Lambda refuses that where fewer than 100 stay for the others, as in new accounts" for f in spec.functions if f.reserved_concurrency != null]
      + ["bucket '" + b + "' loses every object after " + spec.retention_days + " days (retention_days)" for b in new_buckets if spec.retention_days != null],
    next:
      (if spec.artifacts.create_registry then [deploy(spec.name + '-registry', registry_file)] else [])
      + ['ask for the role of ' + f.name + ', or make it: aws iam create-role --role-name ' + f.name + ' --assume-role-policy-document file://trust-policy.json && aws iam put-role-policy --role-name ' + f.name + ' --policy-name only-what-it-needs --policy-document file://policy-' + f.name + '.json' for f in asked_for]
      + ['upload the zip of ' + f.name + ' (bootstrap at its top) to s3://' + spec.artifacts.bucket + '/' + zip_key(f) for f in spec.functions if f.package == 'zip']
      + ['push the image of ' + f.name + ' as ' + tagged(f) for f in spec.functions if f.package == 'image']
      + [deploy(spec.name, file)
         + (if std.length([f for f in spec.functions if has_own_role(f)]) > 0 then ' --capabilities CAPABILITY_IAM' else '')
         + (if asked_for == [] then '' else ' --parameter-overrides ' + std.join(' ', [role_parameter(f) + '=' + role_arn(f) for f in asked_for]))],
  }
