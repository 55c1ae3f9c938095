# capture -o s3://...: through faults, a store that goes away, kill -9 and Ctrl-C; the bucket ends with the bytes that a folder would hold.
. "$(dirname "$0")/../cli/lib.sh"
. "$HERE/lib.sh"
PATTERN='pattern:shapes?seed=3&size=240x180&fps=30&seconds=10'
SPOOL=$HOME/.local/state/mlopsctl/spool
run 0 capture "$PATTERN" -o whole
same_as() { # FOLDER URL
  rm -rf back
  run 0 store sync "$2" back
  jq -e '.files | length > 3 and all(.digest | startswith("sha256:"))' back/_COMPLETE.json > "$OUT" || fail "_COMPLETE.json"
  jq -r '.files[] | "\(.digest[7:])  back/\(.name)"' back/_COMPLETE.json | sha256sum -c --quiet > "$OUT" 2> "$ERR" || fail "other digests"
  rm back/_COMPLETE.json
  diff -r "$1" back > "$OUT" || fail "$2 is not $1"
  [ -z "$(ls -A "$SPOOL")" ] || fail "something is left in the spool: $(ls -A "$SPOOL"/*)"
}
puts() { grep -c "^PUT .*/frame[0-9]*\.jpg .*200$" "$1"; }
wait_for_puts() { # LOG COUNT
  for _ in $(seq 600); do
    [ "$(puts "$1")" -lt "$2" ] || return
    sleep 0.02
  done
  fail "no $2 frames after 12 s"
}
once_each() { # LOG: no frame was stored twice
  [ -z "$(grep -o '^PUT .*/frame[0-9]*\.jpg .* 200$' "$1" | cut -d' ' -f2 | sort | uniq -d)" ] || fail "$1: a frame was stored twice"
}
capture_behind() { # ARGUMENTS...: in the background; PID
  "$MLOPSCTL" capture "$@" > "$OUT" 2> "$ERR" &
  PID=$!
}
ended() { # RC
  local got=0
  wait $PID 2> /dev/null || got=$?
  [ $got -eq "$1" ] || fail "exit $got, expected $1"
}

run 0 capture "$PATTERN" -o s3://bucket/a --json
json '[.frames_kept, .frames_sent, .output, .dropped.spool_full]' '[300,300,"s3://bucket/a",0]'
same_as whole s3://bucket/a
[ "$(stat -c %a "$SPOOL")" = 700 ] || fail "others may look into the spool"
run 2 capture "$PATTERN" -o s3://bucket/a
err_has "s3://bucket/a/: already exists; pass --overwrite"
run 0 capture "$PATTERN" -o s3://bucket/a --resume --json
json '[.frames_kept, .frames_read, .frames_sent]' '[300,0,0]'
run 0 capture "$PATTERN" -o s3://bucket/a --overwrite --every 7 --name 'x{index:03}.jpg'
run 0 capture "$PATTERN" -o every7 --every 7 --name 'x{index:03}.jpg'
same_as every7 s3://bucket/a

# Every fault.
proxy faults.log none,slowdown,reset,none,broken,timeout,reset-after,none
run 0 capture "$PATTERN" -o s3://bucket/faults
once_each faults.log
for fault in slowdown reset broken timeout reset-after; do had faults.log " $fault "; done
direct
same_as whole s3://bucket/faults

# It goes away in the middle: reading waits for it, in a spool that stays small; what was begun is not there for readers.
proxy away.log slow
port=$(cat away.log.port)
capture_behind "$PATTERN" -o s3://bucket/away --spool spool --spool-limit 1MiB
wait_for_puts away.log 20
kill $PROXY
[ "$(stat -c %a spool/*)" = 700 ] || fail "others may look into the spool"
for _ in $(seq 100); do
  grep -q "wait in\|frames wait" "$ERR" && break
  sleep 0.1
done
sleep 1
[ "$(du -bc spool/*/*.jpg | tail -n 1 | cut -f1)" -le 1100000 ] || fail "the spool is larger than its limit"
AWS_ENDPOINT_URL_S3=$SERVER run 1 manifest build s3://bucket/away -o x.manifest
err_has "s3://bucket/away/: was not finished"
AWS_ENDPOINT_URL_S3=$SERVER run 2 capture "$PATTERN" -o s3://bucket/away --resume --spool elsewhere
err_has "was begun by process $PID on"
mv away.log before.log
proxy away.log none "$port"
ended 0
cat before.log >> away.log
once_each away.log
direct
same_as whole s3://bucket/away
[ -z "$(ls -A spool)" ] || fail "something is left in spool"

# It stays away: the frames wait, and the same command sends the rest.
proxy gone.log slow
port=$(cat gone.log.port)
capture_behind "$PATTERN" -o s3://bucket/gone --store-gap 1s
wait_for_puts gone.log 20
kill $PROXY
ended 1
err_has "s3://bucket/gone/: away for"
err_has " wait in $SPOOL/bucket-gone-"
err_has "the same command with --resume sends them"
run 2 capture "$PATTERN" -o s3://bucket/gone
err_has "frames of an earlier capture wait in $SPOOL/bucket-gone-"
mv gone.log before.log
proxy gone.log none "$port"
run 0 capture "$PATTERN" -o s3://bucket/gone --resume --json
sent=$(jq .frames_sent "$OUT")
[ "$sent" -lt 300 ] && [ "$sent" -gt 0 ] || fail "$sent frames were sent"
cat before.log >> gone.log
once_each gone.log
direct
same_as whole s3://bucket/gone

# kill -9, and a signal: the next run takes over. Two at a time may not.
proxy kill.log slow
for frames in 5 60 150; do
  capture_behind "$PATTERN" -o s3://bucket/kill --resume
  wait_for_puts kill.log $frames
  cp "$OUT" out && cp "$ERR" err
  run 2 capture "$PATTERN" -o s3://bucket/kill --resume
  err_has "s3://bucket/kill/: is being written by process $PID on $(hostname) (last sign of life"
  kill -9 $PID
  wait $PID 2> /dev/null
done
capture_behind "$PATTERN" -o s3://bucket/kill --resume
wait_for_puts kill.log 200
kill -INT $PID
ended 130
err_has "--resume goes on from there"
direct
run 0 capture "$PATTERN" -o s3://bucket/kill --resume
same_as whole s3://bucket/kill
once_each kill.log

# A lock of another machine holds for 60 s after its last sign of life.
owner() { # SECONDS-AGO
  echo "{\"schema\":\"mlopsctl.folder/1\",\"host\":\"elsewhere\",\"boot_id\":\"x\",\"pid\":7,\"heartbeat_s\":$(($(date +%s) - $1))}" > owner.json
  run 0 store cp owner.json s3://bucket/lock/_PARTIAL.json --overwrite
}
owner 30
run 2 capture "$PATTERN" -o s3://bucket/lock --resume
err_has "s3://bucket/lock/: is being written by process 7 on elsewhere (last sign of life 3"
run 2 manifest split every7 -o s3://bucket/lock --ratio train=1 --overwrite
owner 62
run 0 capture "$PATTERN" -o s3://bucket/lock --resume
same_as whole s3://bucket/lock

# A camera cannot wait: it stops when the spool is full, or loses the oldest frames and says how many.
run 0 capture 'pattern:shapes?size=64x48&fps=10&seconds=2' -o made
start python3 "$HERE/mjpeg_server.py" > camera.port
wait_for camera.port
CAMERA=http://127.0.0.1:$(cat camera.port)
proxy camera.log none
port=$(cat camera.log.port)
capture_behind "$CAMERA/100" -o s3://bucket/stop --max-gap 0 --spool-limit 30kB --store-gap 1s
wait_for_puts camera.log 10
kill $PROXY
ended 1
err_has "--resume sends them"
mv camera.log before.log
proxy camera.log none "$port"
run 0 capture "$CAMERA/100" -o s3://bucket/stop --resume --json
kept=$(jq .frames_kept "$OUT")
[ "$kept" -gt 10 ] && [ "$kept" -lt 100 ] || fail "$kept frames"
run 0 store cp s3://bucket/stop/frames.jsonl -
[ "$(wc -l < "$OUT")" -eq "$kept" ] || fail "other lines"
: > camera.log
capture_behind "$CAMERA/100" -o s3://bucket/drop --max-gap 0 --spool-limit 30kB --on-full drop-oldest --json
wait_for_puts camera.log 10
kill $PROXY
sleep 2.5
mv camera.log before.log
proxy camera.log none "$port"
ended 0
dropped=$(jq .dropped.spool_full "$OUT")
[ "$dropped" -gt 5 ] && json '.frames_kept + .dropped.spool_full' 100
run 0 store ls s3://bucket/drop --json
json '[.objects[] | select(.name | endswith(".jpg"))] | length' $((100 - dropped))
run 0 store cp s3://bucket/drop/frames.jsonl -
jq -es "length == 100 and (map(select(.kept == false and .reason == \"spool-full\" and .ref == null)) | length == $dropped)" "$OUT" > x || fail "the journal"
: > camera.log
capture_behind "$CAMERA/1000" -o s3://bucket/cut
wait_for_puts camera.log 20
kill -INT $PID
ended 130
run 0 store ls s3://bucket/cut/_COMPLETE.json
[ -z "$(ls -A "$SPOOL")" ] || fail "something is left in the spool"

! grep -rlaF "CANARYsecret" "$WORK" --include='*.log' --include='*.json*' --exclude-dir=ceph || fail "a secret is in a file"
echo ok
