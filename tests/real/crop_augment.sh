# Real photographs (three are grey) with Pascal VOC boxes: cut out, and made into more.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/voc-raccoon
raccoon=$SHARED/data/real/voc-raccoon
run 0 manifest crop "$raccoon/annotations" --images "$raccoon/images" -o cut --size 64x64 --json
json '[.images_read,.images_written]' '[200,217]'
[ "$(find cut/raccoon -name '*.png' | wc -l)" = 217 ] || fail "a picture for each box"
for jobs in 1 8; do
  run 0 manifest augment "$raccoon/annotations" --images "$raccoon/images" -o "more$jobs" --ops rotate90,flip-x+noise:8,crop:0.7 --jpeg 90 \
    --jobs "$jobs" --json
done
json '[.images_read,.images_written]' '[200,600]'
diff -r more1 more8 || fail "--jobs changes the output"
run 0 manifest validate more1/labels.manifest --images more1 # sizes and boxes against the pictures
out_has "600 images, 0 errors, 0 warnings"
