# Ctrl-C, kill -9, a damaged clip and a full disk while clips are written: whole clips stay, and --resume ends with the same bytes.
. "$(dirname "$0")/../lib.sh"
PATTERN='pattern:shapes?seed=3&size=320x240&fps=30&seconds=20'
OPTIONS="--clips 500ms --frame-of-clip middle"
# shellcheck disable=SC2086 # two words each
whole() { run 0 capture "$PATTERN" -o "$1" $OPTIONS "${@:2}"; }
whole whole
out_has "40 clips with 600 frames kept of 600 read"
begin() { # FOLDER CLIP
  # shellcheck disable=SC2086
  "$MLOPSCTL" capture "$PATTERN" -o "$1" $OPTIONS >"$OUT" 2>"$ERR" &
  pid=$!
  for _ in $(seq 500); do
    [ -e "$1/clip0000$2.mp4" ] && return
    sleep 0.01
  done
  fail "no clip after 5 s"
}
check_folder() {
  jq -e . "$1/frames.jsonl" >/dev/null || fail "$1: the journal is broken"
  jq -r '.ref,.clip.picture' "$1/frames.jsonl" | while read -r file; do
    cmp -s "$1/$file" "whole/$file" || { echo "$file"; break; }
  done >"$OUT"
  [ ! -s "$OUT" ] || fail "$1: a journalled clip is missing or damaged"
}
begin stopped 05
kill -INT $pid
wait $pid
[ $? -eq 130 ] || fail "exit after SIGINT"
clips=$(wc -l <stopped/frames.jsonl)
[ "$clips" -lt 40 ] || fail "it was over before the signal came"
err_has "interrupted: $clips clips with $((clips * 15)) frames are kept in stopped; --resume goes on from there"
[ -z "$(find stopped -name '.*')" ] || fail "a temporary file is left"
check_folder stopped
whole stopped --resume --json
json '[.clips_written,.clips_written_before,.frames_kept,.frames_kept_before]' "[40,$clips,600,$((clips * 15))]"
diff -r whole stopped >"$OUT" || fail "resumed is not the same as whole"
for clip in 02 09 20; do
  begin killed $clip
  kill -KILL $pid
  wait $pid 2>/dev/null
  check_folder killed
  [ $clip != 09 ] || : >"killed/$(tail -n 1 killed/frames.jsonl | jq -r .ref)" # as a power cut may leave it
  [ $clip != 20 ] || : >"killed/$(tail -n 1 killed/frames.jsonl | jq -r .clip.picture)"
  whole killed --resume
  diff -r whole killed >"$OUT" || fail "resumed after kill -9 is not the same as whole"
  rm -r killed
done
whole whole --resume
out_has "40 clips with 600 frames kept"
run 2 capture "$PATTERN" -o whole --resume
err_has "whole: was captured with clips_s 0.5, now it is null"
run 0 capture "$PATTERN" -o whole --overwrite --duration 100ms
ls -A whole | tr '\n' ' ' >"$OUT"
out_has "capture.json frame000000.jpg frame000001.jpg frame000002.jpg frames.jsonl labels.manifest"
out_lacks clip

if [ "$(id -u)" -eq 0 ] && mkdir full && mount -t tmpfs -o size=300k tmpfs full 2>/dev/null; then
  # shellcheck disable=SC2086
  run 1 capture "$PATTERN" -o full/out $OPTIONS
  err_has "No space left on device"
  err_has "clips are kept in full/out"
  [ -z "$(find full/out -name '.*.tmp')" ] || fail "temporary files are left"
  [ -s full/out/frames.jsonl ] || fail "no clip for 300 kB"
  mount -o remount,size=64m full
  whole again
  whole full/out --resume
  diff -r again full/out >"$OUT" || fail "resumed after a full disk is not the same as whole"
  umount full
fi
