// pipeline: CI that packs the model of a repository, measures it, and deploys it if every gate is met.
local engines = {
  codebuild: import 'mlopsctl/pipeline/codebuild.libsonnet',
  github: import 'mlopsctl/pipeline/github.libsonnet',
};

function(spec)
  local image = spec.pipeline.image;
  local rendered = engines[spec.pipeline.ci](spec);
  rendered {
    warnings+: if std.native('image_digest')(image) == ''
    then ['pipeline.image: ' + image + ' has a tag, which may be another image tomorrow; write REPOSITORY@sha256:...']
    else [],
  }
