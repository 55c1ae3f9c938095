# manifest augment and crop.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=2&seconds=3' -o frames
boxes=$(jq -s '[.[] | to_entries[] | .value.annotations? // empty | length] | add' frames/labels.manifest)
run 0 manifest augment frames/labels.manifest -o more --ops rotate90,flip-x+brightness:1.2 --keep-original --json
json '[.images_read,.images_written,.annotations_written]' "[6,18,$((3 * boxes))]"
[ -f more/images/frame000000-rotate90.png ] || [ "$(find more/images -name '*-rotate90.png' | wc -l)" = 6 ] || fail "$(ls more/images)"
[ "$(find more/images -name '*-flip-x_brightness-1.2.png' | wc -l)" = 6 ] || fail "a name for each"
[ "$(find more/images -name '*.jpg' | wc -l)" = 6 ] || fail "originals"
# the children of one parent stay together
run 0 manifest split more/labels.manifest -o sets --ratio train=0.5,test=0.5
for set in train test; do jq -r .group sets/$set.manifest | sort -u > $set.groups; done
[ -z "$(comm -12 train.groups test.groups)" ] || fail "a parent's children are in both sets"
run 0 manifest validate more/labels.manifest --images more
[ ! -s "$ERR" ] || fail "the new set breaks rules"
# four quarter turns: the same boxes
run 0 manifest augment frames/labels.manifest -o t1 --ops rotate90
run 0 manifest augment t1/labels.manifest -o t2 --ops rotate90
run 0 manifest augment t2/labels.manifest -o t3 --ops rotate90
run 0 manifest augment t3/labels.manifest -o t4 --ops rotate90
picture() { find "$1"/images -type f | LC_ALL=C sort | head -n 1; }
all() { jq -c 'to_entries[] | .value.annotations? // empty' "$1"; }
[ "$(all t4/labels.manifest)" = "$(all frames/labels.manifest)" ] || fail "boxes after four turns"
run 0 manifest augment t4/labels.manifest -o once --ops rotate180
run 0 manifest augment frames/labels.manifest -o twice --ops rotate180
cmp "$(picture once)" "$(picture twice)" || fail "pixels after four turns"
for jobs in 1 2 8; do run 0 manifest augment frames/labels.manifest -o j$jobs --ops noise:5,crop:0.7 --jobs $jobs; done
diff -r j1 j2 && diff -r j1 j8 || fail "--jobs changes the output"
run 0 manifest augment frames/labels.manifest -o mirrored --ops flip-x,rotate180 --no-flip-x-for circle,square,triangle --min-visible 0
out_has "not mirrored (--no-flip-x-for)"
run 0 manifest augment frames/labels.manifest -o jpeg --ops flip-y --jpeg 90
[ "$(find jpeg/images -name '*.jpg' | wc -l)" = 6 ] || fail "--jpeg"

run 2 manifest augment frames/labels.manifest -o x
err_has "--ops is missing"
run 2 manifest augment frames/labels.manifest -o x --ops rotate45
err_has "'rotate45' is unknown, did you mean 'rotate90'?"
run 2 manifest augment frames/labels.manifest -o x --ops flip-x --swap left
err_has "'left' is not LEFT:RIGHT"
run 2 manifest augment frames/labels.manifest -o x --ops flip-x --min-visible 2
run 2 manifest augment frames/labels.manifest -o x --ops flip-x --jpeg 0
run 2 manifest augment frames/labels.manifest -o more --ops flip-x
err_has "already exists"
cp frames/labels.manifest alone.manifest
run 1 manifest augment alone.manifest -o x --ops flip-x
err_has "was not found [image-missing]"
[ ! -e x ] && [ ! -e x.partial ] || fail "something was left of a failed run"
run 0 manifest augment alone.manifest -o y --ops flip-x --images frames
run 0 manifest augment alone.manifest -o z --ops flip-x --discard-bad

# crop; references that are whole paths need no --images, and may have one
sed "s|\"source-ref\":\"|\"source-ref\":\"$PWD/frames/|" frames/labels.manifest > whole.manifest
mkdir elsewhere
for verb in "crop whole.manifest" "augment whole.manifest --ops flip-x"; do
  # shellcheck disable=SC2086 # several words on purpose
  run 0 manifest $verb --images elsewhere -o whole-crops
  rm -r whole-crops
done
run 0 manifest crop frames/labels.manifest -o crops --json
json '[.images_read,.images_written]' "[6,$boxes]"
[ "$(find crops -name '*.png' | wc -l)" = "$boxes" ] || fail "a picture for each box"
for class in crops/*/; do class=$(basename "$class"); grep -q "\"class-name\":\"$class\"" crops/labels.manifest || fail "no line of $class"; done
run 0 manifest stats crops/labels.manifest
run 0 manifest crop frames/labels.manifest -o small --size 32x32 --margin 0.1 --square --jpeg 90 --min-area 100
run 0 manifest split frames/labels.manifest -o parts --ratio train=0.5,test=0.5 --group-by time:1s
run 0 manifest join parts/train.manifest parts/test.manifest -o both.manifest
run 0 manifest crop both.manifest -o by --by-split
[ -d by/train ] && [ -d by/test ] || fail "--by-split: $(ls by)"
# hostile class names become plain folders; the true names stay in the manifest
picture=$(find frames -name '*.jpg' | LC_ALL=C sort | head -n 1)
cp "$picture" p.jpg
printf '{"source-ref":"p.jpg","bb":{"image_size":[{"width":160,"height":120,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":1,"width":20,"height":20},{"class_id":1,"left":150,"top":100,"width":40,"height":40},{"class_id":2,"left":5,"top":5,"width":9,"height":9}]},"bb-metadata":{"objects":[],"class-map":{"0":"../up","1":"UP/../up","2":"..\\/UP"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"x"}}\n' > hostile.manifest
run 0 manifest crop hostile.manifest -o safe
out_has "1 picture cut at the edge of the image"
[ "$(find safe -mindepth 1 -maxdepth 1 -type d | wc -l)" = 3 ] || fail "$(find safe)"
[ ! -e up ] && [ ! -e UP ] || fail "a class name led out of the folder"
grep -qF '"class-name":"../up"' safe/labels.manifest || fail "the true name is lost"
# a class called as the manifest, or as a split, is no other thing in the folder
sed 's|"../up"|"labels.manifest"|; s|"UP/../up"|"train"|' hostile.manifest > named.manifest
run 0 manifest crop named.manifest -o named --by-split
[ -f named/labels.manifest ] && [ -d named/labels.manifest-2 ] && [ -d named/train-2 ] || fail "$(find named)"
grep -qF '"class-name":"labels.manifest"' named/labels.manifest || fail "the true name is lost"
run 2 manifest crop frames/labels.manifest -o q --margin -1
err_has "--margin: -1 is not from 0 to 10"
run 2 manifest crop frames/labels.manifest -o q --min-area -1
run 2 manifest crop frames/labels.manifest -o crops
err_has "already exists"
run 1 manifest crop alone.manifest -o q
err_has "was not found [image-missing]"
