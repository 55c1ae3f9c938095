# template init: a file to edit, never over one that is there.
. "$(dirname "$0")/../lib.sh"
run 0 template init --help
out_has "--output"
run 0 template init
out_has "deploy.yaml written"
head -n 3 deploy.yaml | grep -q '^schema: mlopsctl.deploy/1' || fail "no schema line"
echo mine > deploy.yaml
run 2 template init
err_has "deploy.yaml"
[ "$(cat deploy.yaml)" = mine ] || fail "the old file is gone"
run 0 template init --overwrite
run 0 template init -o -
cmp -s deploy.yaml "$OUT" || fail "-o - differs from the file"
run 0 template init other.yaml --json
json .schema mlopsctl.template.init/1
json .output other.yaml
run 2 template init -o - --json
run 1 template init -o nosuch/deploy.yaml
err_has "does not exist"
