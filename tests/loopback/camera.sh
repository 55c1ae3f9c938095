# Streams without an end: one that comes back, one that does not, and one whose first stop is meant to be the end.
. "$(dirname "$0")/../cli/lib.sh"
run 0 capture 'pattern:shapes?size=64x48&fps=10&seconds=2' -o made
start python3 "$HERE/mjpeg_server.py" > port
wait_for port
URL=http://127.0.0.1:$(cat port)

# It comes back each time: numbers and times go on, and what is missing is told.
run 0 capture "$URL/7" -o again --duration 3s --max-gap 5 --json
[ "$(wc -l < asked)" -gt 2 ] || fail "asked $(wc -l < asked) times"
json '[.problems[] | select(.rule == "stream-gap") | .severity]' '["warning"]'
jq -es 'length > 14 and map(.frame_index) == [range(length)] and ([.[1:], .[:-1]] | transpose | all(.[0].time_s > .[1].time_s)) and last.time_s < 3' \
  again/frames.jsonl > "$OUT" || fail "numbers or times"
err_has "$URL/7: it ended; trying again for 5 s"

# Its frames have the time at which they came: seven take a second, and none waits for the next 25th of one.
run 0 capture "$URL/slow/7" -o times --max-gap 0 --json
json '[.frames_kept, (.problems | length)]' '[7,0]'
jq -es 'last.time_s > 0.6 and last.time_s < 5 and (map(.time_s * 1000 | floor % 40) | unique | length > 3)' times/frames.jsonl > "$OUT" ||
  fail "times of arrival: $(jq -c .time_s times/frames.jsonl | tr '\n' ' ')"

# It does not: what came is kept, and the exit code says so.
run 1 capture "$URL/once/5" -o gone --max-gap 1
err_has "$URL/once/5: stopped after 0."
err_has "and did not come back within 1 s"
err_has "--max-gap waits longer"
[ "$(wc -l < gone/frames.jsonl)" -eq 5 ] && [ "$(find gone -name '*.jpg' | wc -l)" -eq 5 ] || fail "kept: $(ls gone)"

# Ctrl-C while it is away.
rm -f down
"$MLOPSCTL" capture "$URL/once/5" -o interrupted --max-gap 60 > "$OUT" 2> "$ERR" &
pid=$!
wait_for down
sleep 0.5
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "Ctrl-C while the stream is away"
[ "$(wc -l < interrupted/frames.jsonl)" -eq 5 ] || fail "frames before the gap are lost"
run 2 capture "$URL/7" -o bad --max-gap -1
err_has "--max-gap: -1 is not from 0"
