// Kubernetes: an indexed Job of shards, and a Job that puts them together, which run.sh starts when the first is
// complete. (Kubernetes documentation, "Job": completion mode Indexed, backoff limit per index, from 1.29 on)
local job = import 'mlopsctl/fan_out/job.libsonnet';

function(spec)
  local f = spec.fan_out;
  // Names of objects are names of DNS. (Kubernetes documentation, "Object Names and IDs")
  local name(what) = std.asciiLower(spec.name) + '-' + what;
  local quantity = { cpu: '' + f.cpus, memory: f.memory_mb + 'Mi' };
  // Kubernetes replaces $(NAME) in a command, and reads $$ as a dollar. ("Define dependent environment variables")
  local script(lines) = std.strReplace(std.lines(lines), '$', '$$');
  local manifest(what, lines, more) = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: name(what), labels: { 'app.kubernetes.io/name': 'mlopsctl', 'app.kubernetes.io/instance': name('fan-out') } },
    spec: more {
      template: {
        spec: {
          restartPolicy: 'Never',
          activeDeadlineSeconds: f.time_limit_minutes * 60,
          automountServiceAccountToken: false,
          [if f.service_account != null then 'serviceAccountName']: f.service_account,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [{
            name: 'mlopsctl',
            image: f.image,
            command: ['/bin/sh', '-c', script(lines)],
            env: [{ name: 'HOME', value: '/tmp' }]
                 + (if spec.region == null then [] else [{ name: 'AWS_REGION', value: spec.region }]),
            resources: { requests: quantity, limits: quantity },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          }],
          volumes: [{ name: 'tmp', emptyDir: {} }],
        },
      },
    },
  };
  local run = [
    '#!/bin/sh',
    '# Starts the shards, waits for all of them, and puts them together. After a failure run it again: what is done stays done.',
    'set -eu',
    'here=$(cd "$(dirname "$0")" && pwd)',
    'finish() { # JOB',
    '  until kubectl wait --for=condition=complete --timeout=30s "job/$1" > /dev/null 2>&1; do',
    '    if kubectl wait --for=condition=failed --timeout=1s "job/$1" > /dev/null 2>&1; then',
    '      echo "job/$1 failed: kubectl logs --prefix -l job-name=$1" >&2',
    '      exit 1',
    '    fi',
    '  done',
    '}',
    'kubectl delete --ignore-not-found -f "$here/shards.yaml" -f "$here/merge.yaml"',
    'kubectl apply -f "$here/shards.yaml"',
    'finish ' + name('shards'),
    'kubectl apply -f "$here/merge.yaml"',
    'finish ' + name('merge'),
  ];
  if std.length(spec.name) > 50
  then error 'name: ' + spec.name + ': has more than the 50 letters that leave room for the names of pods'
  else job.need(spec, ['fan_out.image'], job.in_buckets(spec, {
    files: {
      'shards.yaml': manifest(
        'shards',
        job.shard_in_bucket(spec, 'JOB_COMPLETION_INDEX'),
        { completions: f.shards, parallelism: f.shards, completionMode: 'Indexed', backoffLimitPerIndex: f.retries }
      ),
      'merge.yaml': manifest('merge', job.merge_in_bucket(spec), { backoffLimit: f.retries }),
      'run.sh': std.lines(run),
    },
    warnings: if f.service_account == null
    then ['fan_out.service_account is not set: the pods have no rights in S3 but those of their machines']
    else [],
    next: ['sh run.sh, where kubectl reaches the cluster', 'mlopsctl store cp ' + job.folder(spec) + '/score.json -'],
  }))
