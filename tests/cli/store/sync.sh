# store sync between folders of this machine.
. "$(dirname "$0")/../lib.sh"
mkdir -p d/sub
printf abc > d/b
printf x > d/sub/a
run 0 store sync d e
out_has "e: 2 objects (4 B) copied, 0 the same, 0 deleted"
touch -d '1 minute ago' d/b d/sub/a
run 0 store sync d e --json
json '[.schema, .objects_copied, .objects_same, .objects_deleted]' '["mlopsctl.store.sync/1",0,2,0]'
printf abcd > d/b
touch -d '1 minute ago' d/b
touch e/more
run 0 store sync d e --dry-run --delete
out_has "would copy d/b -> e/b"
out_has "would delete e/more"
[ -e e/more ] || fail "--dry-run deleted"
run 0 store sync d e --delete
out_has "1 object (4 B) copied, 1 the same, 1 deleted"
diff -r d e || fail "another folder"
mkdir empty
run 1 store sync empty e --delete
err_has "empty: there is nothing"
[ -e e/b ] || fail "it deleted"
run 2 store sync d d
err_has "two different folders are needed"
run 2 store sync d
err_has "--output is missing"
