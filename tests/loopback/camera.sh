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

rm -f down
# Clips of a camera, by the times at which its pictures came.
run 0 capture "$URL/100" -o clips --clips 500ms --duration 2s --frame-of-clip middle --json
json '.clips_written + .clips_empty' 4
json '[.clips_written > 1, .frames_behind_last_clip]' '[true,0]'
jq -es 'all(.clip.number == (.time_s / 0.5 | floor))' clips/frames.jsonl > "$OUT" || fail "clips are not cut by time"

# A session: a countdown before each class; stopped behind the first one, it goes on with the second one.
"$MLOPSCTL" capture "$URL/400" -o session --session --classes A,B --per-class 5 > "$OUT" 2> "$ERR" &
pid=$!
for _ in $(seq 500); do [ "$(cat session/frames.jsonl 2> /dev/null | wc -l)" -lt 5 ] || break; sleep 0.02; done
sleep 0.5
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "Ctrl-C in a session"
err_has "A: get ready, 3 s"
err_has "B: get ready, 3 s"
err_has "interrupted: 5 frames are kept in session; --resume goes on from there"
jq -es 'length == 5 and first.time_s >= 3' session/frames.jsonl > "$OUT" || fail "the countdown is no pause"
run 0 capture "$URL/400" -o session --session --classes A,B --per-class 5 --resume --json
json '[.classes, .frames_kept, .frames_kept_before]' '[{"A":5,"B":5},10,5]'
jq -es 'map(.class) == ["A","A","A","A","A","B","B","B","B","B"] and ([.[1:], .[:-1]] | transpose | all(.[0].time_s > .[1].time_s and .[0].frame_index > .[1].frame_index))' \
  session/frames.jsonl > "$OUT" || fail "the second recording is not behind the first"
[ "$(wc -l < session/labels.manifest)" -eq 10 ] || fail "labels of both recordings"
