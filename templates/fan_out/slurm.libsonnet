// Slurm: an array job of shards, and a job that depends on all of them. The folder of results is one that every machine
// has. (sbatch(1); scontrol(1), "requeue")
local job = import 'mlopsctl/fan_out/job.libsonnet';
local model = import 'mlopsctl/model.libsonnet';
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local f = spec.fan_out;
  local folder = quote.shell(job.folder(spec));
  local file = quote.shell(model.file(spec));
  // Nothing that is free text stands in a #SBATCH line, which is no shell. Slurm reads patterns ('%', '\') into the names
  // of logs, the folder's included: so the scripts open their logs themselves.
  local header(name, lines) =
    ['#!/usr/bin/env bash', '#SBATCH --job-name=' + spec.name + '-' + name, '#SBATCH --chdir=/', '#SBATCH --output=/dev/null']
    + (if f.partition == null then [] else ['#SBATCH --partition=' + f.partition])
    + ['#SBATCH --ntasks=1', '#SBATCH --mem=' + f.memory_mb + 'M', '#SBATCH --time=' + f.time_limit_minutes]
    + ['#SBATCH ' + line for line in lines];

  local shard = header('shard', ['--array=1-' + f.shards, '--cpus-per-task=' + f.cpus, '--requeue']) + [
    '# One shard. Its file appears as a whole, so one that is there is done. A machine that goes down is for Slurm to notice:',
    '# it starts the shard again elsewhere. A shard that fails comes back to the queue here.',
    'set -euo pipefail',
    'cd ' + folder,
    'shard=$SLURM_ARRAY_TASK_ID',
    'exec >> "shard-$shard.log" 2>&1',
    'if [ -e "shard-$shard.jsonl" ]; then exit 0; fi',
    'if ' + job.infer(spec, '"shard-$shard.jsonl"') + '; then exit 0; fi',
    'if [ "${SLURM_RESTART_COUNT:-0}" -lt ' + f.retries + ' ]; then',
    '  scontrol requeue "$SLURM_JOB_ID"',
    '  sleep 60 # until Slurm ends this run',
    'fi',
    'exit 1',
  ];

  local merge = header('merge', []) + [
    "# All shards are done: one file of predictions, in the order of the pictures' names, and its score.",
    'set -euo pipefail',
    'cd ' + folder,
    'exec >> merge.log 2>&1',
  ] + job.merge_shards(spec);

  local submit = [
    '#!/usr/bin/env bash',
    '# Submits the shards, and the job that puts them together when all are done. After a failure run it again: what is done',
    '# stays done.',
    'set -euo pipefail',
    'here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)',
    'mkdir -p ' + folder,
    'cd ' + folder,
    'if [ ! -e ' + file + ' ]; then mlopsctl store cp ' + quote.shell(spec.model.url) + ' ' + file + '; fi',
  ] + model.check(spec) + [
    'rm -f score.json # of an earlier run',
    'shards=$(sbatch --parsable "$here/shard.sbatch")',
    'shards=${shards%%;*}',
    'merge=$(sbatch --parsable --dependency="afterok:$shards" --kill-on-invalid-dep=yes "$here/merge.sbatch")',
    'merge=${merge%%;*}',
    'echo "shards are job $shards, merge and score are job $merge, results go to $PWD"',
  ];

  if job.is_s3(f.output)
  then error 'fan_out.output: ' + f.output + ': with slurm it is a folder that every machine has; write it from / on'
  else {
    files: { 'shard.sbatch': std.lines(shard), 'merge.sbatch': std.lines(merge), 'submit.sh': std.lines(submit) },
    warnings: [],
    next: ['bash submit.sh, where sbatch is and mlopsctl is in PATH', 'read ' + job.folder(spec) + '/score.json'],
  }
