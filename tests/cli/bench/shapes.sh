# The model of examples/shapes on frames it never saw: as right as its page says, and the same number by infer and score.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=3&size=320x240&fps=30&seconds=10' -o frames --every 15
run 0 bench run --model "$MODEL" --data frames/labels.manifest --gate 'map_50>=0.95' --gate 'map_50_95>=0.85' --json
json '.rows[0].images' 20
json '.rows[0].task' detection
MAP=$(jq -r '.rows[0].map_50_95' "$OUT")
run 3 bench run --model "$MODEL" --data frames/labels.manifest --gate 'map_50>=0.9' --set decoder.eval_score_threshold=0.99
err_has "gate 'map_50>=0.9' not met"
run 0 infer --model "$MODEL" frames/labels.manifest -o p.jsonl --threshold evaluate
run 0 bench score --truth frames/labels.manifest --predictions p.jsonl --json
json "(.metrics.map_50_95 - $MAP) | fabs < 1e-4" true

# The same labels in another format are the same data set.
DIGEST=$(jq -r .dataset_digest "$OUT")
run 0 manifest convert frames/labels.manifest frames/coco.json --to coco
run 0 bench score --truth frames/coco.json --predictions p.jsonl --json
json .dataset_digest "$DIGEST"
json "(.metrics.map_50_95 - $MAP) | fabs < 1e-4" true
