# Words of the command line that are neither plain options nor plain arguments, and every answer to them in our words.
. "$(dirname "$0")/../lib.sh"
lacks_library() { ! grep -qE 'Could not convert|required TEXT|CLI' "$ERR" || fail "the parser's own text"; }

# "--": what follows is no option.
run 0 capture 'pattern:shapes?seed=1&size=64x48&seconds=1' -o dir --fps 2
mv -- dir -dir
run 0 manifest build -o labels.manifest -- -dir
[ -f labels.manifest ] || fail "not written"
run 1 manifest build -o twice.manifest -- -dir --
err_has "--: no such folder"
run 0 doctor --
run 2 doctor -- --json
err_has "'--json' is one argument too many"
[ ! -s "$OUT" ] || fail "--json behind -- is no option"
run 2 doctor -- -x
err_has "'-x' is one argument too many"
run 2 doctor -x --
err_has "unknown option '-x'"

# Flags take no value, options need one.
for word in --json=foo --json=true --overwrite=false --help=3; do
  run 2 doctor $word
  err_has "${word%%=*}: takes no value, '${word#*=}' was given; write ${word%%=*} alone"
  lacks_library
done
for option in --seed --config; do
  run 2 doctor $option
  err_has "$option: its value is missing ("
  lacks_library
  run 2 doctor $option=
  err_has "$option: its value is missing ("
  lacks_library
done
run 2 manifest build -dir -o
err_has "mlopsctl manifest build: "
lacks_library

# --set is for model.yaml: where none is read it is refused, not passed over.
run 2 bench score --truth a --predictions b --set decoder.score_threshold=0.5
err_has "--set: 'mlopsctl bench score' reads no value of model.yaml; leave it out"
run 2 doctor --set=a=b --json
json .exit_code 2
printf 'doctor: {set: a=b}\n' > mlops.yaml
run 2 doctor
err_has "mlops.yaml:1: unknown key 'set'"
rm mlops.yaml
run 0 infer --help
out_has "--set KEY=VALUE"
run 0 doctor --help
out_lacks "--set"

# Threads beyond any machine are no fault of the program.
for jobs in -1 100000; do
  run 2 manifest build -o x.manifest --jobs=$jobs -- -dir
  err_has "--jobs: $jobs is not from 0 to 1024; leave it out"
done

# One Ctrl-C that arrives twice, as timeout(1) passes it on, is one: what is half-done goes, and --json says so.
run 0 capture 'pattern:shapes?seed=1&size=640x480&seconds=20' -o many --fps 30
code=0
timeout --preserve-status -s INT 0.5 "$MLOPSCTL" manifest augment many/labels.manifest -o more --ops rotate90,flip-x,flip-y,noise:5 \
  --json > "$OUT" 2> "$ERR" || code=$?
[ $code = 130 ] || fail "exit $code, expected 130"
json '[.schema, .fault, .exit_code]' '["mlopsctl.error/1","interrupted",130]'
[ ! -e more.partial ] && [ ! -e more ] || fail "something was left"

# A named pipe waits for its writer until a signal comes; where bytes are read twice it is refused at once.
mkfifo pipe
code=0
timeout --preserve-status 0.5 "$MLOPSCTL" manifest stats pipe > "$OUT" 2> "$ERR" || code=$?
[ $code = 143 ] || fail "exit $code, expected 143"
err_has "mlopsctl manifest stats: interrupted"
run 1 infer --model pipe many
err_has "pipe: is a pipe, and a package is read more than once; save it to a file first"
head -n 2 many/labels.manifest > two.manifest
cat two.manifest > pipe &
run 0 infer --model "$MLOPSCTL_SOURCE/examples/shapes/model" pipe --images many -o piped.jsonl
out_has "2 pictures"

# An empty file is no table of another program.
: > empty.db
run 1 bench show --table empty.db
err_has "empty.db: is empty, no row was ever added; 'mlopsctl bench run' adds one"

run 2 infer --model nowhere many --from nosuch
err_has "unknown format 'nosuch'"
printf '\377\330\377\340cut' > cut.jpg
run 1 manifest scan cut.jpg
! grep -q 'cut.jpg: cut.jpg' "$ERR" || fail "the place is said twice"
