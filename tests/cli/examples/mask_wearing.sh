# examples/mask-wearing: every step on pictures that it makes, and what comes out of it.
. "$(dirname "$0")/../lib.sh"
example=$MLOPSCTL_SOURCE/examples/mask-wearing/run.sh
bash "$example" out >"$OUT" 2>"$ERR" || fail "the example ended with $?"
out_has "annotations: 80 images, 0 errors, 0 warnings"
out_has "80 images in 80 groups"
[ "$(find out/images -name '*.jpg' | wc -l)" = 80 ] || fail "80 photos"
[ "$(find out/annotations -name '*.xml' | wc -l)" = 80 ] || fail "80 VOC files"
boxes=$(cat out/annotations/*.xml | grep -c '<object>')
[ "$(find out/objects -name '*.png' | wc -l)" = "$boxes" ] || fail "a picture for each of $boxes boxes"
# What a folder is called is what the manifest says, and all objects of a photo lie in its split.
jq -e -s 'length > 200 and all(.[]; ."source-ref" | test("^(train|validation|test)/(circle|square|triangle)/"))
  and all(.[]; (."source-ref" | split("/")) as $p | $p[0] == .split and $p[1] == ."category-metadata"."class-name")
  and all(group_by(.group)[]; map(.split) | unique | length == 1)' out/objects/labels.manifest >/dev/null || fail "objects/labels.manifest"
for split in train validation test; do
  for class in circle square triangle; do [ -d "out/objects/$split/$class" ] || fail "no objects/$split/$class"; done
done
# 60/20/20 of the objects within three of a hundred
share() { jq -s --arg split "$1" '(map(select(.split == $split)) | length) * 100 / length' out/objects/labels.manifest; }
jq -ne --argjson a "$(share train)" --argjson b "$(share validation)" --argjson c "$(share test)" \
  '($a - 60 | fabs) < 3 and ($b - 20 | fabs) < 3 and ($c - 20 | fabs) < 3' >/dev/null || fail "60/20/20: $(share train)"
[ -s out/photos.html ] && [ -s out/objects.png ] || fail "nothing to look at"
run 0 bench show --table out/bench.db --json
json '.rows | length' 6
json '[.rows[].images] | sort' '[20,20,40,40,80,80]'
got=0
bash "$example" out >"$OUT" 2>"$ERR" || got=$?
[ "$got" = 2 ] || fail "an earlier folder was not refused"
err_has "out is there already"
