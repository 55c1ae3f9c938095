# Real pictures: what repeats in a photo collection, two labelling jobs over the same photographs, frames of one video.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/voc-raccoon
raccoon=$SHARED/data/real/voc-raccoon
run 0 manifest split "$raccoon/annotations" --images "$raccoon/images" -o apart --group-by near-duplicate --json
json '[.images_written,.groups,.near_duplicates.clusters,.near_duplicates.images]' '[200,193,6,13]' # looked at: all 6 are right
run 0 manifest leakage apart --images "$raccoon/images" --gate 'near_duplicates<=0'
cp -r apart first
run 0 manifest split "$raccoon/annotations" --images "$raccoon/images" -o apart --group-by near-duplicate --jobs 1 --overwrite -q
diff -r first apart || fail "threads change the split"
run 0 manifest split "$raccoon/annotations" --images "$raccoon/images" -o blind --ratio train=0.5,test=0.5 -q
run 3 manifest leakage blind --images "$raccoon/images" --gate 'near_duplicates<=0'
err_has "'raccoon-45.jpg' looks like 'raccoon-21.jpg' of train (distance 1)"

# 100 photographs of 20 classes: no two are alike, so none may be said to be.
voc=$SHARED/data/real/voc100-multiformat/data/database
run 0 manifest split "$voc/gts/pascalvoc_format" --images "$voc/images" -o hundred --group-by near-duplicate --json
json '[.groups,.near_duplicates.images]' '[100,0]'

bees=$SHARED/data/real/gt-bees
run 3 manifest leakage "$bees/job-bees-500.manifest" "$bees/job-bax-bees.train.manifest" "$bees/job-bax-bees.validation.manifest" \
  --images "$bees/images" --json --gate 'same_bytes<=0'
json '[.same_references,.same_bytes,.near_duplicates]' '[0,71,71]' # the buckets differ, the pictures do not
json '.pairs | map(.same_bytes)' '[55,16,0]'
