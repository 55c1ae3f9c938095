// What every engine runs: one shard, and what puts all of them together. Scripts are lists of lines.
local aws = import 'mlopsctl/aws.libsonnet';
local model = import 'mlopsctl/model.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

{
  // One folder for this model in so many shards: files of another model, or of another division, never meet these.
  folder(spec)::
    std.rstripChars(spec.fan_out.output, '/') + '/' + aws.short(spec.model.digest) + '-of-' + spec.fan_out.shards,
  is_s3(place):: std.startsWith(place, 's3://'),

  local images(spec) = if spec.fan_out.images == null then [] else ['--images', spec.fan_out.images],
  // The command of the shard in $shard, from 1 on; 'output' is one word of the shell.
  infer(spec, output)::
    quote.command(['mlopsctl', 'infer', spec.fan_out.input] + images(spec) + ['--model', model.file(spec)])
    + ' --threshold evaluate --no-timing --threads ' + spec.fan_out.cpus
    + ' --shard "$shard"/' + spec.fan_out.shards + ' -o ' + output,

  // One file of predictions out of 'files', words of the shell, and its score. A line begins with {"image":"NAME", so that
  // the fourth part between '"' is what they are in the order of: the same bytes whoever did which shard. What is missing, or
  // not whole, is named by the score.
  merge(spec, files, shards):: [
    @"LC_ALL=C sort -s -t '""' -k 4,4 " + files + ' > predictions.jsonl.partial',
    'mv predictions.jsonl.partial predictions.jsonl',
    quote.command(['mlopsctl', 'bench', 'score', '--truth', spec.fan_out.truth] + images(spec))
    + ' --predictions predictions.jsonl --shards ' + shards + ' --json > score.json.partial',
    'mv score.json.partial score.json',
  ],
  merge_shards(spec):: [
    'set --',
    'for shard in $(seq ' + spec.fan_out.shards + '); do set -- "$@" "shard-$shard.jsonl"; done',
  ] + $.merge(spec, '"$@"', spec.fan_out.shards),
  // The same where results are in a bucket, and every shard is on a machine of its own that counts them from 0.
  shard_in_bucket(spec, index):: [
    'set -eu',
    'shard=$((' + index + ' + 1))',
    'out=' + quote.shell($.folder(spec)) + '"/shard-$shard.jsonl"',
    'if mlopsctl store ls "$out" > /dev/null 2>&1; then exit 0; fi',
    'cd "$(mktemp -d)"',
    'mlopsctl store cp ' + quote.command([spec.model.url, model.file(spec)]),
  ] + model.check(spec) + ['exec ' + $.infer(spec, '"$out"')],

  merge_in_bucket(spec):: [
    'set -eu',
    'cd "$(mktemp -d)"',
    'mlopsctl store cp ' + quote.shell($.folder(spec)) + ' shards --recursive',
    'cd shards',
  ] + $.merge_shards(spec) + [
    'for name in predictions.jsonl score.json; do',
    '  mlopsctl store cp "$name" ' + quote.shell($.folder(spec)) + '"/$name" --overwrite',
    'done',
  ],

  // What that takes: reading the model, the set and its pictures, reading and writing the folder of results.
  // (Service authorization reference, "s3:prefix")
  permissions(spec)::
    local f = spec.fan_out;
    // A set at the top of a bucket has pictures anywhere in it.
    local place(url) =
      local location = aws.s3_url(url);
      local key = std.rstripChars(location.key, '/');
      { bucket: location.bucket, keys: if key == '' then ['*'] else [key, key + '/*'] };
    local arns(url) = [aws.s3_arn(place(url).bucket, key) for key in place(url).keys];
    local folders = std.set([f.input, f.truth, if f.images != null then f.images else $.parent(f.input), $.folder(spec)]);
    [
      aws.allow('s3:GetObject', [arns(spec.model.url)[0]] + std.flattenArrays([arns(url) for url in folders])),
      aws.allow(['s3:PutObject', 's3:AbortMultipartUpload'], arns($.folder(spec))[1]),
    ] + [
      aws.allow('s3:ListBucket', aws.s3_arn(bucket)) + {
        Condition: {
          StringLike: { 's3:prefix': std.set([key for url in folders if place(url).bucket == bucket for key in place(url).keys]) },
        },
      }
      for bucket in std.set([place(url).bucket for url in folders])
    ],
  parent(url)::
    url[:std.length(url) - std.length(std.native('file_name')(url)) - 1],


  // 'files', if deploy.yaml has what the engine needs. Engines without a folder in common work in buckets.
  need(spec, keys, files)::
    local value(key) = if std.startsWith(key, 'fan_out.') then spec.fan_out[key[8:]] else spec[key];
    local missing = [k for k in keys if value(k) == null || value(k) == []];
    if std.length(missing) == 0 then files
    else error "'" + missing[0] + "' is missing, which engine: " + spec.fan_out.engine + ' needs',
  in_buckets(spec, files)::
    local f = spec.fan_out;
    local elsewhere = [k for k in ['input', 'truth', 'images', 'output'] if f[k] != null && !$.is_s3(f[k])];
    if std.length(elsewhere) == 0 then files
    else error 'fan_out.' + elsewhere[0] + ': ' + f[elsewhere[0]] + ': with ' + f.engine + ' it is in a bucket; write s3://BUCKET/KEY',
}
