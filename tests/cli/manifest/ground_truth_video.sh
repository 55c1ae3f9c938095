# manifest convert between frames of videos, as Ground Truth labels them, and plain manifests.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=1&size=64x48&fps=4&seconds=1' -o frames
[ "$(ls frames/*.jpg | wc -l)" -ge 2 ] || fail "no frames to work with"
mkdir -p job/seq job/0
names=$(cd frames && ls -- *.jpg)
n=0
list=
labels=
for name in $names; do
  list="$list${list:+,}{\"frame-no\":$n,\"frame\":\"$name\",\"unix-timestamp\":$((100 + n))}"
  labels="$labels${labels:+,}{\"frame-no\":\"$n\",\"frame\":\"$name\",\"frame-attributes\":{},\"annotations\":[{\"class-id\":\"1\",\"left\":1,\"top\":2,\"width\":3,\"height\":4,\"object-id\":\"x\",\"object-name\":\"Dog:1\",\"label-category-attributes\":{}}]}"
  n=$((n + 1))
done
echo "{\"seq-no\":1,\"prefix\":\"s3://b/frames/\",\"number-of-frames\":$n,\"frames\":[$list]}" >job/seq/one.json
echo "{\"tracking-annotations\":[$labels]}" >job/0/SeqLabel.json
echo '{"source-ref":"s3://b/seq/one.json","dog-ref":"s3://b/0/SeqLabel.json","dog-ref-metadata":{"class-map":{"1":"dog"},"type":"groundtruth/video-object-tracking","human-annotated":"yes","job-name":"labeling-job/v","creation-date":"2026-01-01T00:00:00"}}' >out.manifest

# The files lie elsewhere than the references say, and the pictures elsewhere again.
run 1 manifest convert out.manifest none.manifest --uri-map s3://b/0=job/0
err_has "was not found; --uri-map"
run 0 manifest convert out.manifest flat.manifest --uri-map s3://b/frames=frames --uri-map s3://b=job
[ "$(wc -l <flat.manifest)" -eq "$n" ] || fail "not $n frames"
head -n 1 flat.manifest | jq -e '.dog.image_size[0] == {"width":64,"height":48,"depth":3} and .dog.annotations[0].class_id == 1
  and .dog.annotations[0]."object-name" == "Dog:1" and .group == "s3://b/seq/one.json" and .time_s == 0' >/dev/null || fail "the first frame"
run 0 manifest convert out.manifest flat2.manifest --uri-map s3://b=job --images frames
cmp flat.manifest flat2.manifest || fail "--images finds other pictures"

# Back: one sequence, and all of it as it was.
run 0 manifest convert flat.manifest videos --to ground_truth_video --json
json '[.images_written,.annotations_written]' "[$n,$n]"
for pair in sequences/one.json:seq/one.json labels/one/SeqLabel.json:0/SeqLabel.json; do
  [ "$(jq -S -c . "videos/${pair%:*}")" = "$(jq -S -c . "job/${pair#*:}")" ] || fail "$pair changed on its way"
done
run 2 manifest convert flat.manifest videos --to ground_truth_video
err_has "already exists"

# Pictures of this machine are seen from the folder of the manifest inside.
run 0 manifest build frames -o plain.manifest
run 0 manifest convert plain.manifest plain --to ground_truth_video
[ "$(jq -r .prefix plain/sequences/*.json)" = ../frames/ ] || fail "the prefix is not seen from plain/"
[ ! -e plain/labels ] || fail "labels of frames that nobody labelled"
run 0 manifest stats plain --json
json '[.images_read,.images_unlabelled]' "[$n,$n]"
mkdir empty
run 1 manifest convert empty x.manifest --from ground_truth_video
err_has "has no output.manifest"
run 0 formats
out_has "ground_truth_video"
