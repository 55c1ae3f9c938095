# infer with the model of examples/shapes on the pattern source: what was drawn is found, where it was drawn.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model

run 0 capture 'pattern:shapes?seed=7&size=640x480&fps=5&seconds=2' -o frames
run 0 infer --model "$MODEL" frames/labels.manifest -o found.jsonl --draw drawn
[ "$(wc -l < found.jsonl)" -eq 10 ] || fail "not one line a frame"
[ -s drawn/frame000009.jpg ] || fail "a drawn picture is missing"

# Share of the drawn shapes for which a detection of the same class overlaps with IoU > 0.5, and of detections that do.
jq -ns --slurpfile truth frames/labels.manifest --slurpfile found found.jsonl '
  def iou($a; $b): (([$a.left + $a.width, $b.left + $b.width] | min) - ([$a.left, $b.left] | max)) as $w
    | (([$a.top + $a.height, $b.top + $b.height] | min) - ([$a.top, $b.top] | max)) as $h
    | if $w <= 0 or $h <= 0 then 0 else $w * $h / ($a.width * $a.height + $b.width * $b.height - $w * $h) end;
  [range($truth | length) as $i | $truth[$i] as $t | $found[$i] as $f
    | if $t["source-ref"] != $f.image then error("another order: " + $f.image) else . end
    | [$t.shapes.annotations[] as $a | [$f.detections[] | select(.label == $t["shapes-metadata"]["class-map"]["\($a.class_id)"]) | iou($a; .)] | (max // 0)] as $recalled
    | {truths: ($recalled | length), hits: ([$recalled[] | select(. > 0.5)] | length), detections: ($f.detections | length)}]
  | {recall: (([.[].hits] | add) / ([.[].truths] | add)), precision: (([.[].hits] | add) / ([.[].detections] | add))}' > "$OUT" ||
  fail "the comparison failed"
json '.recall > 0.9' true
json '.precision > 0.9' true

# The same predictions on one thread, byte for byte.
run 0 infer --model "$MODEL" frames/labels.manifest -o one.jsonl --threads 1 --jobs 1 --no-timing
run 0 infer --model "$MODEL" frames/labels.manifest -o two.jsonl --threads 1 --jobs 2 --no-timing
cmp one.jsonl two.jsonl || fail "--jobs changed the predictions"
