# Real Ground Truth manifests: the counts that are known of them, and each back from a conversion as it was (members in any order).
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/golden/groundtruth
golden=$SHARED/data/golden/groundtruth
same() { # FILE: converted to Ground Truth it says the same, line by line
  run 0 manifest convert "$1" back.manifest --overwrite
  jq -S -c . "$1" >want.jsonl
  jq -S -c . back.manifest >got.jsonl
  cmp want.jsonl got.jsonl || fail "$1 changed on its way"
}
for job in blue-box-large blue-box-small yellow-box-large yellow-box-small; do same "$golden/$job-job-public.output.manifest"; done
same "$golden/sagemaker-examples-yolov5-bird.output.manifest"
for file in "$SHARED"/data/real/gt-bees/*.manifest; do same "$file"; done

run 0 manifest stats "$golden/blue-box-large-job-public.output.manifest" --json
json '[.images_read,.images_empty]' '[624,36]'
run 0 manifest convert "$golden/sagemaker-examples-yolov5-bird.output.manifest" birds.json
fractional='[.annotations[] | select(any(.bbox[]; . != floor))] | length'
[ "$(jq "$fractional" birds.json)" = 156 ] || fail "not 156 boxes with fractions"
[ "$(jq '.annotations | length' birds.json)" = 192 ] || fail "not 192 boxes"

# A class of the whole image, its id as a text; and a line of text, which is no image.
classes=$golden/sagemaker-examples-featurestore-classification.output.manifest
run 1 manifest convert "$classes" none.manifest
err_has ":2: the line holds text ('source'), not an image"
run 0 manifest convert "$classes" one.manifest --discard-bad
head -n 1 "$classes" | jq -S -c . >want.jsonl
jq -S -c . one.manifest >got.jsonl
cmp want.jsonl got.jsonl || fail "the class changed on its way"

# A tracking job of 300 frames: into a folder and back it is the same SeqLabel.json.
tracking=$golden/SeqLabel.tracking.json
run 0 manifest stats "$tracking" --json
json '[.images_read,.annotations,.images_empty,.images_unlabelled]' '[300,890,0,0]'
run 0 manifest convert "$tracking" video --to ground_truth_video
jq -S -c . "$tracking" >want.jsonl
jq -S -c . video/labels/SeqLabel.tracking/SeqLabel.json >got.jsonl
cmp want.jsonl got.jsonl || fail "SeqLabel.json changed on its way"
run 0 manifest convert video again --to ground_truth_video
diff -r video again >/dev/null || fail "the second time is not like the first"
run 1 manifest convert "$tracking" none.manifest
err_has "no size for '000001.jpg' in the labels, and the image was not found"

# SageMaker's image format and back: the same boxes under the same ids.
boxes='[."source-ref", .bb.image_size, (.bb.annotations | map([.class_id, .left, .top, .width, .height]))]'
run 0 manifest convert "$golden/blue-box-large-job-public.output.manifest" images --to sagemaker_json
[ "$(find images -name '*.json' -not -name '.*' | wc -l)" -eq 624 ] || fail "not 624 files"
run 0 manifest convert images images.manifest
jq -S -c "$boxes" "$golden/blue-box-large-job-public.output.manifest" | sort >want.jsonl
jq -S -c "${boxes//.bb/.\"bounding-box\"}" images.manifest | sort >got.jsonl
cmp want.jsonl got.jsonl || fail "boxes changed on their way"
