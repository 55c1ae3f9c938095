// benchmark-table: the tables that 'mlopsctl bench' keeps rows in. The keys are the model with the data set, and the run:
// what was measured once is never written over.
local aws = import 'mlopsctl/aws.libsonnet';

function(spec)
  local tables = [t for t in spec.tables if t.layout == 'benchmark' && !t.existing];
  local id(t) = aws.id(t.name) + 'Table';
  local url(t) = 'dynamodb://' + t.name + '?region=' + spec.region;
  local stack = spec.name + '-benchmark';
  local file = stack + '.template.json';
  if std.length(tables) == 0
  then error "no table with 'layout: benchmark' is to be made: add tables: [{name: benchmark, layout: benchmark}]"
  else if std.length(std.set([id(t) for t in tables])) < std.length(tables)
  then error 'two tables would have the same id: their names differ in punctuation alone; rename one'
  else {
    files: {
      [file]: aws.template(
        'Benchmark rows of ' + spec.name + ' (deploy.yaml, rendered by mlopsctl)',
        { [id(t)]: aws.table(t, spec.retention_days) for t in tables },
        { [id(t) + 'Arn']: { Value: aws.get(id(t), 'Arn') } for t in tables },
      ),
    },
    warnings: [],
    next:
      ['aws cloudformation deploy --region ' + spec.region + ' --stack-name ' + stack + ' --template-file ' + file]
      + ['mlopsctl bench run --model MODEL --data FILE --table ' + std.escapeStringBash(url(t)) for t in tables],
  }
