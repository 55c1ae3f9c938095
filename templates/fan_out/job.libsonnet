// What every engine runs: one shard, and what puts all of them together. Scripts are lists of lines.
local aws = import 'mlopsctl/aws.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

{
  // One folder for this model in so many shards: files of another model, or of another division, never meet these.
  folder(spec)::
    std.rstripChars(spec.fan_out.output, '/') + '/' + aws.short(spec.model.digest) + '-of-' + spec.fan_out.shards,
  model_file(spec):: aws.s3_url(spec.model.url).file,
  is_s3(place):: std.startsWith(place, 's3://'),

  local images(spec) = if spec.fan_out.images == null then [] else ['--images', spec.fan_out.images],
  // The command of the shard in $shard, from 1 on; 'output' is one word of the shell.
  infer(spec, output)::
    quote.command(['mlopsctl', 'infer', spec.fan_out.input] + images(spec) + ['--model', $.model_file(spec)])
    + ' --threshold evaluate --no-timing --threads ' + spec.fan_out.cpus
    + ' --shard "$shard"/' + spec.fan_out.shards + ' -o ' + output,

  // In a folder with shard-1.jsonl ...: predictions.jsonl and score.json. A line of predictions begins with
  // {"image":"NAME", so that the fourth part between '"' is what they are in the order of: the same bytes whoever did
  // which shard. A shard that is missing, or not whole, is named by the score.
  merge(spec):: [
    'set --',
    'for shard in $(seq ' + spec.fan_out.shards + '); do set -- "$@" "shard-$shard.jsonl"; done',
    @"LC_ALL=C sort -s -t '""' -k 4,4 ""$@"" > predictions.jsonl.partial",
    'mv predictions.jsonl.partial predictions.jsonl',
    quote.command(['mlopsctl', 'bench', 'score', '--truth', spec.fan_out.truth] + images(spec))
    + ' --predictions predictions.jsonl --shards ' + spec.fan_out.shards + ' --json > score.json.partial',
    'mv score.json.partial score.json',
  ],

  // The model beside the shards, held against the digest of deploy.yaml.
  check_model(spec):: [
    'if [ "$(sha256sum < ' + quote.shell($.model_file(spec)) + ')" != "' + spec.model.digest[7:] + '  -" ]; then',
    '  echo "$PWD: the model there is not the one that deploy.yaml names: remove it" >&2',
    '  exit 1',
    'fi',
  ],
}
