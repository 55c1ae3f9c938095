# manifest leakage, and manifest split by what looks alike, beside an earlier split, and with nested sets.
. "$(dirname "$0")/../lib.sh"
# 12 pictures of shapes, each with a neighbouring frame as its near-duplicate: the generator's own labels.
"$MLOPSCTL" capture 'pattern:shapes?seed=3&size=160x120&fps=25&seconds=2' -o frames --every 1 --quiet >/dev/null 2>&1 || fail "no frames"
mkdir pics
i=0
for f in frames/*.jpg; do
  [ $((i % 5)) -ne 0 ] || cp "$f" "pics/p$((i / 5)).jpg"
  i=$((i + 1))
done
line() { printf '{"source-ref":"%s","bb":{"image_size":[{"width":160,"height":120,"depth":3}],"annotations":[]},"bb-metadata":{"class-map":{},"objects":[],"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00"}%s}\n' "$1" "${2:-}"; }
cp pics/p0.jpg pics/copy.jpg
for n in 0 1 2 3 4; do line pics/p$n.jpg; done > train.manifest
{ line pics/copy.jpg; line pics/p2.jpg; line pics/p7.jpg ',"group":"clip"'; } > test.manifest
{ line pics/p8.jpg ',"group":"clip"'; } > more.manifest

run 0 manifest leakage train.manifest test.manifest more.manifest --distance 0 --json
json .schema mlopsctl.manifest.leakage/1
json '[.same_references,.same_bytes,.near_duplicates,.same_groups]' '[1,2,2,1]'
json '.sets | map(.images)' '[5,3,1]'
json '.pairs[0] | [.first,.second,.same_bytes]' '["train.manifest","test.manifest",2]'
json '.problems | map(.rule)' '["same_bytes","same_references","same_groups"]'
json '.problems[0].place' 'test.manifest:1'
cp "$OUT" one.json
run 0 manifest leakage train.manifest test.manifest more.manifest --distance 0 --json --jobs 7
cmp one.json "$OUT" || fail "threads change the result"
run 3 manifest leakage train.manifest test.manifest --gate 'near_duplicates<=0' --gate 'same_bytes<=2'
err_has "gate 'near_duplicates<=0' not met: near_duplicates is "
out_has "test.manifest: 3 images"
run 0 manifest leakage train.manifest more.manifest --distance 0 --gate 'same_references==0' --gate 'near_duplicates<1'
run 0 manifest leakage train.manifest test.manifest --problems all.jsonl --quiet --distance 0
[ "$(wc -l < all.jsonl)" -eq 2 ] || fail "not every case is in --problems"
run 2 manifest leakage train.manifest test.manifest --problems all.jsonl
err_has "all.jsonl: already exists"
# without the pictures
sed 's#pics/#gone/#' test.manifest > away.manifest
run 1 manifest leakage train.manifest away.manifest
err_has "'gone/copy.jpg': the picture was not found; name its folder with --images"
err_has "compare without them: --no-pictures"
run 0 manifest leakage train.manifest away.manifest --no-pictures --json
json '[.same_references,.same_bytes,.near_duplicates]' '[0,null,null]'
run 2 manifest leakage train.manifest away.manifest --no-pictures --gate 'near_duplicates<=0'
err_has "needs the pictures; leave out --no-pictures"
echo "no picture" > pics/p8.jpg
run 1 manifest leakage train.manifest more.manifest
err_has "pics/p8.jpg: is not a JPEG, PNG or WebP"
run 2 manifest leakage train.manifest
err_has "train.manifest: is one set only, and its records name no splits"
run 2 manifest leakage train.manifest test.manifest --gate 'near_duplicate<=0'
err_has "did you mean 'near_duplicates'?"
run 2 manifest leakage train.manifest test.manifest --distance 17
err_has "--distance: 17 is not from 0 to 16"
run 2 manifest leakage train.manifest test.manifest --group-by day
err_has "'day' is no rule"
run 1 manifest leakage train.manifest nothing.manifest
err_has "nothing.manifest: no such file"
run 2 manifest leakage

# split: no near-duplicate is divided, whatever the seed
{ cat train.manifest; line pics/copy.jpg; line pics/p5.jpg; line pics/p6.jpg; } > all.manifest
for seed in 1 2 3; do
  run 0 manifest split all.manifest -o s --group-by near-duplicate --distance 0 --ratio train=0.5,test=0.5 --seed $seed --overwrite --json
  json '[.near_duplicates.distance,.near_duplicates.clusters,.near_duplicates.images,.groups]' '[0,1,2,7]'
  run 0 manifest leakage s --distance 0 --gate 'near_duplicates<=0'
done
run 0 manifest leakage s --json --distance 0
json '.sets | map(.name)' '["train","test"]'
tac all.manifest > backwards.manifest
run 0 manifest split backwards.manifest -o t --group-by source,near-duplicate --distance 0 --ratio train=0.5,test=0.5 --seed 3 --jobs 1
run 0 manifest split all.manifest -o u --group-by source,near-duplicate --distance 0 --ratio train=0.5,test=0.5 --seed 3 --jobs 8
for part in train test; do diff <(sort t/$part.manifest) <(sort u/$part.manifest) || fail "the order of lines decides"; done
run 1 manifest split away.manifest -o x --group-by near-duplicate
err_has "'gone/copy.jpg': the picture was not found"
err_has "could not be read, nothing was written; name their folder with --images, or take them out"
[ ! -e x ] || fail "a refused split left its folder"
run 2 manifest split all.manifest -o x --distance -1
err_has "--distance: -1 is not from 0 to 16"

# --keep: what was assigned stays, in place
for n in 00 01 02 03 04 05 06 07 08 09; do line "s3://b/c$n.jpg" ",\"group\":\"g$n\""; done > old.manifest
run 0 manifest split old.manifest -o kept --ratio train=0.5,test=0.5 -q
cp -r kept before
{ for n in 11 12 13 14 15 16; do line "s3://b/c$n.jpg" ",\"group\":\"g$n\""; done; sed 's/g01/g00/' old.manifest | grep -v c09; line s3://b/new.jpg ',"group":"g02"'; } > grown.manifest
run 0 manifest split grown.manifest -o kept --keep kept --overwrite --ratio train=0.5,test=0.5 --json
json '[.images_kept,.images_gone,.images_written]' '[9,1,16]'
for part in train test; do
  jq -r '."source-ref"' before/$part.manifest | grep -v c09 | while read -r ref; do grep -qF "$ref" kept/$part.manifest || fail "$ref moved"; done
done
in_train=$(grep -cF -e c02.jpg -e new.jpg kept/train.manifest)
[ "$in_train" -ne 1 ] || fail "a new image did not join its group"
if [ "$(grep -cF -e c00.jpg -e c01.jpg before/train.manifest)" -eq 1 ]; then
  json '.problems | map(.rule)' '["group-divided"]'
  err_has "its images were put in different splits before, and stay there: 's3://b/c00.jpg' in "
fi
run 1 manifest split grown.manifest -o x --keep frames
err_has "--keep: frames: holds no train.manifest, validation.manifest or test.manifest"
run 2 manifest split grown.manifest -o x --keep kept --ratio train=0.5,validation=0.5
err_has "kept/test.manifest is there, but --ratio names no test; name the same splits as before"

# --sizes: nested sets of the test split
for n in $(seq 100); do line "s3://b/$n.jpg" ",\"group\":\"clip$((n % 20))\""; done > hundred.manifest
run 0 manifest split hundred.manifest -o n --ratio train=0.5,test=0.5 --sizes 10,20,40 --json
json '.sets | map_values(.images)' '{"test-10":10,"test-20":20,"test-40":40}'
for pair in test-10:test-20 test-20:test-40 test-40:test; do
  [ -z "$(comm -23 <(sort "n/${pair%:*}.manifest") <(sort "n/${pair#*:}.manifest"))" ] || fail "$pair is not nested"
done
[ "$(jq -r .group n/test-10.manifest | sort -u | wc -l)" -ge 8 ] || fail "the small set has few of the clips"
run 0 manifest leakage n --no-pictures --gate 'same_groups<=0' # the nested sets are no sets of their own
run 0 manifest split hundred.manifest -o n --overwrite --sizes 5 --sizes-of train -q
[ -e n/train-5.manifest ] || fail "--sizes-of train"
run 1 manifest split hundred.manifest -o x --sizes 50
err_has "--sizes: 50 is more than the 10 images of test"
run 2 manifest split hundred.manifest -o x --sizes 20,10
err_has "--sizes: 10 does not follow 20 upwards"
run 2 manifest split hundred.manifest -o x --sizes many
err_has "--sizes: 'many' is not a number of images"
run 2 manifest split hundred.manifest -o x --sizes-of train
err_has "--sizes-of: there are no --sizes"
run 2 manifest split hundred.manifest -o x --sizes 5 --sizes-of test --ratio train=0.5,validation=0.5
err_has "--sizes-of: --ratio names no test"
run 2 manifest split hundred.manifest -o x --from coc
err_has "unknown format 'coc', did you mean 'coco'?"
