# Ctrl-C, kill -9, a torn journal and a full disk: the folder tells the truth, and --resume ends with the bytes of a run without a break.
. "$(dirname "$0")/../lib.sh"
PATTERN='pattern:shapes?seed=3&size=240x180&fps=30&seconds=10'
run 0 capture "$PATTERN" -o whole

# Every line of the journal is whole and every frame that it names decodes.
check_folder() {
  jq -e . "$1/frames.jsonl" >/dev/null || fail "$1: the journal is broken"
  jq -r 'select(.kept)|.ref' "$1/frames.jsonl" | while read -r frame; do
    cmp -s "$1/$frame" "whole/$frame" || { echo "$frame"; break; }
  done >"$OUT"
  [ ! -s "$OUT" ] || fail "$1: a journalled frame is missing or damaged"
}
start() {
  "$MLOPSCTL" capture "$PATTERN" -o "$1" --jobs 2 >"$OUT" 2>"$ERR" &
  pid=$!
  for _ in $(seq 500); do
    [ -e "$1/frame0000$2.jpg" ] && return
    sleep 0.01
  done
  fail "no frame after 5 s"
}
for signal in INT TERM; do
  start "stopped-$signal" 20
  kill -$signal $pid
  wait $pid
  got=$?
  want=130
  [ $signal = INT ] || want=143
  [ $got -eq $want ] || fail "exit $got after SIG$signal"
  kept=$(wc -l <"stopped-$signal/frames.jsonl")
  [ "$kept" -lt 300 ] || fail "it was over before the signal came"
  err_has "interrupted: $kept frames are kept in stopped-$signal; --resume goes on from there"
  check_folder "stopped-$signal"
  [ -z "$(find "stopped-$signal" -name '*.tmp')" ] || fail "temporary files are left"
  [ "$(ls "stopped-$signal"/*.jpg | wc -l)" -eq "$kept" ] || fail "frames that the journal does not know"
  [ "$(jq -r '."source-ref"' "stopped-$signal/labels.manifest")" = "$(jq -r .ref "stopped-$signal/frames.jsonl")" ] || fail "labels are not those of the frames"
  run 0 capture "$PATTERN" -o "stopped-$signal" --resume --json
  json .frames_kept 300
  json .frames_kept_before "$kept"
  diff -r whole "stopped-$signal" >"$OUT" || fail "resumed is not the same as whole"
done
for frames in 05 30 61; do
  start killed $frames
  kill -KILL $pid
  wait $pid 2>/dev/null
  check_folder killed
  [ "$frames" != 30 ] || printf '{"ref":"frame0' >>killed/frames.jsonl # as a power cut may leave it
  [ "$frames" != 61 ] || : >"killed/$(tail -n 1 killed/frames.jsonl | jq -r .ref)" # and its last frame
  run 0 capture "$PATTERN" -o killed --resume
  diff -r whole killed >"$OUT" || fail "resumed after kill -9 is not the same as whole"
  rm -r killed
done
# Nothing there yet, and nothing left to do, are fine for --resume.
run 0 capture "$PATTERN" -o new --resume
diff -r whole new >"$OUT" || fail "resume from nothing"
run 0 capture "$PATTERN" -o new --resume
diff -r whole new >"$OUT" || fail "resume of all"

# Two captures into one folder.
start both 05
run 2 capture "$PATTERN" -o both --resume
err_has "both: is being written by process $pid on $(hostname) (last sign of life"
wait $pid

if [ "$(id -u)" -eq 0 ] && mkdir full && mount -t tmpfs -o size=1m tmpfs full 2>/dev/null; then
  run 1 capture "$PATTERN" -o full/out
  err_has "No space left on device; free some space, then go on with --resume"
  check_folder full/out
  [ -z "$(find full/out -name '.*.tmp')" ] || fail "temporary files are left"
  [ "$(wc -l <full/out/frames.jsonl)" -gt 5 ] || fail "few frames for 1 MB"
  mount -o remount,size=64m full
  run 0 capture "$PATTERN" -o full/out --resume
  diff -r whole full/out >"$OUT" || fail "resumed after a full disk is not the same as whole"
  umount full
fi
