// training-job: the request that starts SageMaker's built-in object detection on two augmented manifests.
// It is written as text: the same bytes as 'mlopsctl manifest validate --for sagemaker-object-detection -o' gives.
local quote = import 'mlopsctl/quote.libsonnet';

function(spec)
  local training = spec.training;
  local job = spec.training_job;
  local output = std.rstripChars(training.output, '/') + '/' + job.name + '/output/model.tar.gz';
  {
    files: { 'training-job.json': job.request },
    warnings:
      job.warnings
      + (if job.folder != null then [] else ['training.num_training_samples and num_classes are taken as they stand in deploy.yaml: with folder: DIR they are counted, and what the job would fail on is found']),
    next:
      (if job.folder == null then [] else [
         quote.command(['mlopsctl', 'store', 'cp', job.folder + '/train.manifest', training.train]),
         quote.command(['mlopsctl', 'store', 'cp', job.folder + '/validation.manifest', training.validation]),
       ])
      + [quote.command(['aws', 'sagemaker', 'create-training-job', '--region', spec.region, '--cli-input-json', 'file://training-job.json'])]
      + ['when it is done: ' + quote.command(['mlopsctl', 'package', 'deployable', output, '-o', 'model.tar.gz'])],
  }
