# examples/edge-sign-language: every step, and what is said in them.
. "$(dirname "$0")/../cli/lib.sh"
if ! PATH=$PATH:/usr/sbin command -v mosquitto > /dev/null; then
  echo "SKIPPED: needs mosquitto"
  [ "${CI:-}" = true ] && exit 1
  exit 77
fi
example=$MLOPSCTL_SOURCE/examples/edge-sign-language/run.sh
bash "$example" out > "$OUT" 2> "$ERR" || fail "the example ended with $?"
[ "$(grep -c '^frame at [0-9]* s: ' "$OUT")" = 10 ] || fail "10 frames"
grep -qE '^frame at [0-9]+ s: (circle|square|triangle) \(0\.[0-9]+\), [1-9]' "$OUT" || fail "nothing was seen"
grep -qE 'frame to prediction in the cloud: [0-9]+ ms \(median of 10\)' "$OUT" || fail "no figures"
out_has "300 predictions of 300 frames, each once"
out_has "0 pictures are left on the device"
got=0
bash "$example" out > "$OUT" 2> "$ERR" || got=$?
[ "$got" = 2 ] || fail "an earlier folder was not refused"
