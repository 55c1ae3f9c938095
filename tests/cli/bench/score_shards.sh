# Predictions made on many machines: the numbers of one run at 1, 7 and 64 shards, and nothing for a shard that is not whole.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=5&size=320x240&fps=10&seconds=9' -o frames
run 0 infer --model "$MODEL" frames/labels.manifest --threshold evaluate --no-timing -o whole.jsonl
run 0 bench score --truth frames/labels.manifest --predictions whole.jsonl --json
jq -S 'del(.left_out)' "$OUT" > whole.score
for count in 1 7 64; do
  mkdir s$count
  for i in $(seq $count); do
    run 0 infer --model "$MODEL" frames/labels.manifest --threshold evaluate --no-timing --shard $i/$count -o s$count/$i.jsonl
  done
  cat s$count/*.jsonl | sort | cmp - <(sort whole.jsonl) || fail "$count shards are not the whole"
  # shellcheck disable=SC2046 # a list of names
  run 0 bench score --truth frames/labels.manifest --predictions $(ls s$count/*.jsonl) --shards $count --json
  jq -S 'del(.left_out)' "$OUT" | cmp - whole.score || fail "$count shards give another score"
done

# One missing, one half written, one given twice.
rm s7/3.jsonl
LINES=$(wc -l < s7/5.jsonl)
head -n $((LINES - 2)) s7/5.jsonl > short && mv short s7/5.jsonl
run 1 bench score --truth frames/labels.manifest --predictions s7/*.jsonl --shards 7
err_has "there is no prediction for shard 3/7 (all of its "
err_has "shard 5/7 (2 of its $LINES images, such as '"
err_has "run it again"
[ ! -s "$OUT" ] || fail "a score was printed"
head -c 300 s7/1.jsonl > cut.jsonl
run 1 bench score --truth frames/labels.manifest --predictions cut.jsonl s7/2.jsonl --shards 7
err_has "cut.jsonl:"
run 1 bench score --truth frames/labels.manifest --predictions s1/1.jsonl s7/1.jsonl --shards 1
err_has "have more than one prediction"
run 2 bench score --truth frames/labels.manifest --predictions s1/1.jsonl --shards 0
err_has "--shards: 0 is not from 1"
# Without --shards what is missing is only said.
run 0 bench score --truth frames/labels.manifest --predictions s7/*.jsonl
err_has "images have no prediction"
