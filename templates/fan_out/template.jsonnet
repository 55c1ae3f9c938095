// fan-out: a data set in slices on many machines, the slices put together, and the score of the whole. Which picture
// is in which slice depends on its name alone ('mlopsctl infer --shard'), so that a slice can be done anywhere, again.
local engines = {
  batch: import 'mlopsctl/fan_out/batch.libsonnet',
  kubernetes: import 'mlopsctl/fan_out/kubernetes.libsonnet',
  slurm: import 'mlopsctl/fan_out/slurm.libsonnet',
  'step-functions': import 'mlopsctl/fan_out/step_functions.libsonnet',
};

function(spec) engines[spec.fan_out.engine](spec)
