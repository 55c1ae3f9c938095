// The model of deploy.yaml in a script.
local quote = import 'mlopsctl/quote.libsonnet';

{
  file(spec):: std.native('file_name')(spec.model.url),
  // Lines of sh: the file is in this folder, and is held against its digest.
  check(spec):: [
    'digest=sha256:$(sha256sum < ' + quote.shell($.file(spec)) + " | cut -d' ' -f1)",
    'if [ "$digest" != ' + spec.model.digest + ' ]; then',
    '  echo "$PWD: the model there has the digest $digest, and deploy.yaml names another" >&2',
    '  exit 1',
    'fi',
  ],
}
