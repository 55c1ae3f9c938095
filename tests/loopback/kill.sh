# capture killed with -9 at seeded moments and resumed, into a folder and into S3: the bytes of a run without a break, and one line of
# the journal a frame. MLOPSCTL_KILL_MOMENTS: how many, 10 if not set; tests/run.sh --long takes 200.
. "$(dirname "$0")/../cli/lib.sh"
. "$HERE/lib.sh"
MOMENTS=${MLOPSCTL_KILL_MOMENTS:-10}
PATTERN='pattern:shapes?seed=5&size=240x180&fps=30&seconds=5'
now_ms() { echo $(($(date +%s%N) / 1000000)); }
run 0 capture "$PATTERN" -o whole
[ "$(jq -s 'map(.frame_index) == [range(150)]' whole/frames.jsonl)" = true ] || fail "not one line a frame"

# $1: output; $2: how many ms a run without a break takes.
kill_and_resume() {
  local seed delay pid
  for seed in $(seq "$MOMENTS"); do
    delay=$(awk -v s="$seed" -v t="$2" 'BEGIN { srand(s); printf "%.3f", rand() * t / 1000 }')
    "$MLOPSCTL" capture "$PATTERN" -o "$1/$seed" > "$OUT" 2> "$ERR" &
    pid=$!
    sleep "$delay"
    kill -9 $pid 2> "$OUT"
    if wait $pid 2> "$OUT"; then ENDED=$((ENDED + 1)); fi
    run 0 capture "$PATTERN" -o "$1/$seed" --resume
    compare "$1/$seed" || fail "seed $seed, killed after $delay s: other files in $1/$seed"
  done
}
campaign() { # NAME OUTPUT
  local begin run time=999999
  for run in 1 2 3; do # the quickest: others may be busy on this machine
    begin=$(now_ms)
    run 0 capture "$PATTERN" -o "$2/undisturbed$run"
    [ $(($(now_ms) - begin)) -ge $time ] || time=$(($(now_ms) - begin))
  done
  begin=$(now_ms)
  ENDED=0
  kill_and_resume "$2" "$time"
  echo "$1: $MOMENTS moments in the $time ms of a run, $ENDED of them too late; $((($(now_ms) - begin) / 1000)) s in all"
  [ "$ENDED" -lt "$MOMENTS" ] || fail "every run had ended before it was killed"
}

compare() { diff -r whole "$1" > "$OUT"; }
mkdir folder
campaign folder folder

compare() {
  rm -rf back
  "$MLOPSCTL" store sync "$1" back > "$OUT" 2> "$ERR" || return 1
  jq -r '.files[] | "\(.digest[7:])  back/\(.name)"' back/_COMPLETE.json | sha256sum -c --quiet > "$OUT" 2> "$ERR" || return 1
  rm back/_COMPLETE.json
  diff -r whole back > "$OUT"
}
run 0 capture "$PATTERN" -o s3://bucket/first # the server makes its pools at the first write
campaign S3 s3://bucket
[ -z "$(ls -A "$HOME/.local/state/mlopsctl/spool")" ] || fail "something is left in the spool"
