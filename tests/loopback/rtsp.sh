# A network camera over RTSP: every frame with its presentation time, one that is switched off, one that comes back, and its password.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
if ! /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0")' 2> "$ERR" || ! [ -e /usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstrtp.so ]; then
  [ "${CI:-}" != true ] || fail "GStreamer's RTSP server is not installed: tests/run.sh does that"
  echo "SKIPPED: needs gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-good"
  exit 77
fi
serve() { # [PORT]: sets $URL
  rm -f port
  start /usr/bin/python3 "$HERE/rtsp_server.py" "$WORK/made/clip000000.mp4" "$@" > port 2> server.err
  SERVER=${STARTED##* }
  wait_for port
  PORT=$(cat port)
  URL=rtsp://127.0.0.1:$PORT
}
frames() { wc -l < "$1/frames.jsonl"; }
run 0 capture 'pattern:shapes?fps=20&seconds=3&size=160x120' -o made --clips 3s
run 0 capture made/clip000000.mp4 -o whole
serve

# Every frame, the same pixels as from the file, at its presentation time.
run 0 capture "rtsp://someone:CANARYsecret@127.0.0.1:$PORT/clip" -o all --max-gap 0 --json
json '[.frames_read, .frames_kept, .problems, .source]' "[60,60,[],\"$URL/clip\"]"
for i in 00 29 59; do cmp whole/frame0000$i.jpg all/frame0000$i.jpg || fail "other pixels in frame $i"; done
jq -es '[., [range(60)]] | transpose | all((.[0].time_s - .[1] / 20 | fabs) < 0.001)' all/frames.jsonl > "$OUT" || fail "times: $(jq -c .time_s all/frames.jsonl | tr '\n' ' ')"
! grep -rlF CANARYsecret all "$OUT" "$ERR" || fail "the password is in an output"
run 0 capture "$URL/clip" -o some --fps 2 --duration 2s --max-gap 0
[ "$(frames some)" -eq 4 ] || fail "2 frames a second for 2 s: $(frames some)"

# Switched off in the middle, before the end that it announced: what came is kept, and the exit code says so.
"$MLOPSCTL" capture "$URL/clip" -o off --max-gap 0 > "$OUT" 2> "$ERR" &
pid=$!
wait_for off/frames.jsonl 15
kill -9 "$SERVER"
wait $pid
[ $? -eq 1 ] || fail "a camera that is gone is no success"
kept=$(frames off)
[ "$kept" -ge 15 ] && [ "$kept" -lt 60 ] && [ "$(find off -name '*.jpg' | wc -l)" -eq "$kept" ] || fail "$kept frames"
err_has "$kept frames are kept in off"
err_has "$URL/clip: after frame $((kept - 1)): the server stopped before the end that it had announced"

# A camera announces no end. It comes back at the same address: numbers and times go on, and the gap is told.
serve "$PORT"
"$MLOPSCTL" capture "$URL/live" -o back --max-gap 20 --duration 6s --json > "$OUT" 2> "$ERR" &
pid=$!
wait_for back/frames.jsonl 15
kill -9 "$SERVER"
sleep 1
serve "$PORT"
wait $pid || fail "the capture ended with an error"
json '[.problems[] | select(.rule == "stream-gap") | .severity]' '["warning"]'
jq -es 'map(.frame_index) == [range(length)] and ([.[1:], .[:-1]] | transpose | all(.[0].time_s > .[1].time_s)) and last.time_s > 2 and last.time_s < 6' \
  back/frames.jsonl > "$OUT" || fail "numbers or times"
