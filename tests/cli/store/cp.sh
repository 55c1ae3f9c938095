# store cp between folders of this machine, and what it refuses.
. "$(dirname "$0")/../lib.sh"
no_cloud
mkdir -p d/sub out
printf abc > d/b
printf x > d/sub/a
run 0 store cp d/b c
cmp d/b c || fail "another file"
run 2 store cp d/b c
err_has "c: already exists; pass --overwrite"
run 0 store cp d/b c --overwrite
run 0 store cp d/b out
cmp d/b out/b || fail "not in the folder"
run 0 store cp d/b new/deep/
cmp d/b new/deep/b || fail "not in the new folder"
run 2 store cp d e
err_has "d: is a folder; pass --recursive"
run 0 store cp d e --recursive --dry-run
out_has "would copy d/sub/a -> e/sub/a"
[ ! -e e ] || fail "--dry-run wrote"
run 0 store cp d e --recursive --json
json '[.schema, .objects_copied, .bytes_copied, .dry_run, .output]' '["mlopsctl.store.cp/1",2,4,false,"e"]'
diff -r d e || fail "another folder"
run 2 store cp d e --recursive
err_has "e/b: already exists, as do 1 others of 2"
run 1 store cp none x
err_has "none: there is no such object"
run 1 store cp none x --recursive
err_has "none: there is nothing"
run 2 store cp d/b d/b
err_has "is to be copied onto itself"
"$MLOPSCTL" store cp - piped < d/b > "$OUT" 2> "$ERR" || fail "from a pipe"
cmp d/b piped || fail "another file"
run 0 store cp d/b -
cmp d/b "$OUT" || fail "other bytes"
run 2 store cp d/b - --json
err_has "with --json the bytes need a file of their own"
run 2 store cp - x --recursive
err_has "goes with neither --recursive nor --dry-run"
run 2 store cp d/b s3://sets/b
err_has "no AWS region is set"
run 1 store cp d/b s3://sets/b --region eu-west-1
err_has "no AWS credentials"
