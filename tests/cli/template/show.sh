# template show: our Jsonnet, which renders the same when it is given back.
. "$(dirname "$0")/../lib.sh"
run 0 template init
for kind in benchmark-table cloud-function edge-group fan-out pipeline; do
  run 0 template show $kind
  cp "$OUT" $kind.jsonnet
  run 0 template render $kind -o ours -q --overwrite
  run 0 template render $kind -o own -q --overwrite --template $kind.jsonnet
  diff -r ours own || fail "the shown template of $kind renders something else"
done
run 0 template show cloud-function --json
json .kind cloud-function
run 2 template show cloud-fonction
err_has "unknown template 'cloud-fonction', did you mean 'cloud-function'?; see 'mlopsctl template list'"
run 2 template show
