# The clip and the moment of a captured picture reach the labels that a model makes for it, so that a split can keep them apart.
. "$(dirname "$0")/../lib.sh"
model=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=4&seconds=4' -o frames --fps 2
run 0 manifest build frames -o images.manifest
[ "$(jq -c '[.group, .time_s]' images.manifest | sed -n 4p)" = '["pattern:shapes?seed=4&seconds=4",1.5]' ] || fail "manifest build lost the moment"
run 0 infer --model "$model" images.manifest -o found.jsonl
run 0 manifest merge-detections found.jsonl -o labels.manifest
[ "$(jq -c '[.group, .time_s]' labels.manifest | sed -n 4p)" = '["pattern:shapes?seed=4&seconds=4",1.5]' ] || fail "the labels lost the moment"
run 0 manifest split labels.manifest -o splits --group-by time:1s --ratio train=0.5,test=0.5 --json
json .groups 4
json '[.splits[].images]' '[4,4]'
# pictures without a journal beside them have neither
mkdir plain
cp frames/frame000001.jpg plain/
run 0 manifest build plain -o plain.manifest
[ "$(jq -c '[.group, .time_s]' plain.manifest)" = '[null,null]' ] || fail "a clip was made up"
echo '{"ref":' >> plain/frames.jsonl
printf 'not json\n' > plain/frames.jsonl
run 1 manifest build plain -o plain2.manifest
err_has "plain/frames.jsonl:1"
