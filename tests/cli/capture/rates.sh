# The same scene encoded at 15, 30 and 60 frames a second gives the same moments, within one frame.
. "$(dirname "$0")/../lib.sh"
for fps in 15 30 60; do
  run 0 capture "pattern:shapes?fps=$fps&seconds=6&size=160x120" -o made$fps --clips 6s
  run 0 capture made$fps/clip000000.mp4 -o by-time$fps --fps 2.5
  run 0 capture made$fps/clip000000.mp4 -o by-step$fps --every 700ms
  run 0 capture made$fps/clip000000.mp4 -o by-number$fps --at-most 7
done
for way in by-time:15 by-step:9 by-number:7; do
  name=${way%:*} count=${way#*:}
  for fps in 15 30 60; do
    jq -s 'map(.time_s)' "$name$fps/frames.jsonl"
  done | jq -es "all(length == $count) and (transpose | all(max - min < 1 / 15))" > "$OUT" ||
    fail "$name: $(jq -c .time_s "$name"*/frames.jsonl | tr '\n' ' ')"
done
