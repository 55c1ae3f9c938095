# bench: options that would be passed over, files that would be lost, and what is said of them.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=3&size=160x120&seconds=2' -o frames --fps 2
truth=frames/labels.manifest
jq -c '{image: ."source-ref", width: 160, height: 120, detections: [{label: "circle", class_id: 0, score: 0.5, left: 1, top: 1, width: 9, height: 9}]}' \
  $truth > p.jsonl
score=(bench score --truth "$truth" --predictions p.jsonl)
cp $truth kept

# A page never takes the place of an input, whatever --overwrite says; nor does it mix with the result on stdout.
for file in $truth p.jsonl; do
  run 2 "${score[@]}" --report $file --overwrite
  err_has "$file: is the data set itself"
done
cmp $truth kept || fail "the right answers are gone"
run 2 "${score[@]}" --report - --json
err_has "--report: '-' is stdout, where the result goes; give the name of a file"
json .schema mlopsctl.error/1
run 2 bench show --markdown -
err_has "--markdown: '-' is stdout"
run 2 bench show --markdown both --report ./both
err_has "--report: ./both is the file of --markdown too; give each a file of its own"
run 2 bench compare a b --junit -
err_has "--junit: '-' is stdout"
run 2 manifest convert $truth x.json --to coco --problems -
err_has "--problems: '-' is stdout"
run 2 manifest convert $truth x.json --to coco --loss-report -
err_has "--loss-report: '-' is stdout"

# What would change nothing is refused.
run 2 "${score[@]}" --score-threshold 0.5
err_has "--score-threshold: average precision counts every score; it is for --details"
run 0 "${score[@]}" --score-threshold 0.5 --details
run 2 "${score[@]}" --protocol voc --iou 0.5,0.5
err_has "--iou: 0.5 is there twice; such as --iou 0.3,0.5"
for iou in 0 -1 2; do
  run 2 "${score[@]}" --protocol voc --iou=$iou
  err_has "--iou: $iou is not from 0.01 to 1"
done
for command in "${score[*]}" "bench run --model $MLOPSCTL_SOURCE/examples/shapes/model --data $truth" "infer --model x $truth"; do
  # shellcheck disable=SC2086 # several words on purpose
  run 1 $command --images nowhere
  err_has "nowhere: no such folder; check --images"
done

# Gates: the hint is of gates, the nearest name is the nearest, and a baseline is looked for before anything is scored.
run 2 "${score[@]}" --gate 'map_50>'
err_has "ends too early; such as: map_50 >= 0.5 and p99_ms <= 50"
run 2 "${score[@]}" --gate 'map_5>0'
err_has "did you mean 'map_50'?"
run 1 "${score[@]}" --gate 'map_50>=baseline.map_50' --baseline a --table none.db
err_has "none.db: there is no such table"
[ ! -s "$OUT" ] || fail "scored before the baseline was looked for"

# An export is not written over its own table.
: > mine.db
run 2 bench export --table mine.db -o mine.db --overwrite
err_has "mine.db: is the data set itself"
run 2 infer --model x $truth --shard '2/1'
err_has "--shard: '2/1' is not a slice; write it as 2/8"
run 0 bench run --model "$MLOPSCTL_SOURCE/examples/shapes/model" --data $truth --max-spread 100000
run 0 bench push bench.db other.db --dry-run
out_has "other.db: 1 of 1 rows would be added, 0 were there"
[ ! -e other.db ] || fail "--dry-run made a table"

# The label of a box at the right edge ends there; elsewhere it begins at the box.
jq -c '.detections[0].left = 140' p.jsonl > edge.jsonl
run 0 bench score --truth $truth --predictions edge.jsonl --report edge.html
grep -q 'text-anchor="end"' edge.html || fail "a label goes over the edge of its picture"
run 0 bench score --truth $truth --predictions p.jsonl --report middle.html
! grep -q 'text-anchor="end" y' middle.html || fail "a label in the middle is moved"
