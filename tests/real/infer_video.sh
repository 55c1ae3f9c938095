# Real clips through a model: slices of time are the whole, a clip that is cut off is told.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video
VIDEO=$SHARED/data/real/video
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
for clip in car-detection.mp4 asl_help.mkv count.h264; do
  run 0 infer --model "$MODEL" "$VIDEO/$clip" --every 5 --no-timing --threads 1 -o whole.jsonl --overwrite -q
  : > slices.jsonl
  for i in 1 2 3 4 5 6 7; do
    run 0 infer --model "$MODEL" "$VIDEO/$clip" --every 5 --no-timing --threads 1 --shard $i/7 -o one.jsonl --overwrite -q
    cat one.jsonl >> slices.jsonl
  done
  cmp slices.jsonl whole.jsonl || fail "$clip: seven slices are not the whole"
done
head -c 1500000 "$VIDEO/car-detection.mp4" > cut.mp4
run 1 infer --model "$MODEL" cut.mp4 --every 10 -o n.jsonl
err_has "cut.mp4: the file ends before its own header says it does"
[ ! -e n.jsonl ] || fail "a video that is cut off, and still an output"
run 0 infer --model "$MODEL" cut.mp4 --every 10 -o n.jsonl --discard-bad
[ "$(wc -l < n.jsonl)" -eq 18 ] || fail "$(wc -l < n.jsonl) frames of a video that is cut off"
