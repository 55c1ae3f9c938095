# serve edge killed with -9 at seeded moments and started again: every frame of a start is told and looked at, none under two ids.
# MLOPSCTL_KILL_MOMENTS: how many, 10 if not set; tests/run.sh --long takes 200.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
BROKER=$(command -v mosquitto || ls /usr/sbin/mosquitto 2> /dev/null)
if [ -z "$BROKER" ]; then
  echo "SKIPPED: needs mosquitto"
  [ "${CI:-}" = true ] && exit 1
  exit 77
fi
MOMENTS=${MLOPSCTL_KILL_MOMENTS:-10}
FRAMES=300
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf '%s\n' "listener $PORT 127.0.0.1" "allow_anonymous true" "max_queued_messages 0" > broker.conf
start "$BROKER" -c broker.conf 2> /dev/null
for _ in $(seq 100); do mosquitto_pub -V 5 -p "$PORT" -q 1 -t test -m x 2> /dev/null && break; done
start mosquitto_sub -V 5 -p "$PORT" -q 1 -F '%t %p' -t 'video/output' -t 'blog/infer/#' > said
sleep 0.3
tiny_model det "$DET" detection fastestdet red
device() { # BUFFER
  "$MLOPSCTL" serve edge --core front --model det --camera 'pattern:shapes?size=64x48&fps=30&seconds=10' --fps 30 \
    --broker "mqtt://127.0.0.1:$PORT" --buffer "$1" > "$OUT" 2> "$ERR" &
  DEVICE=$!
  for _ in $(seq 200); do
    grep -q ready: "$OUT" && return
    sleep 0.02
  done
  fail "it is not ready"
}
of() { sed -n "s#^$2 ##p" said | jq -c "select(.start == \"$1\")"; } # START TOPIC
finished() { [ "$(of "$1" video/output | jq -r .state | grep -c finished)" -gt 0 ] && [ "$(of "$1" blog/infer/output | jq .index | sort -u | wc -l)" = $FRAMES ]; }
# How long an undisturbed one takes, from "started" to its end: machines differ tenfold.
accepted() { [ -n "$(of "$1" video/output)" ]; }
await() { # FUNCTION START
  for _ in $(seq 500); do
    "$@" && return
    sleep 0.02
  done
  fail "$*: not after 10 s: $(of "$2" video/output)"
}
start_capture() {
  mosquitto_pub -V 5 -p "$PORT" -q 1 -t video/input -m "{\"id\": \"$1\"}"
  await accepted "$1"
}
device b0
start_capture s0
begun=$(date +%s%N)
ended() { of "$1" video/output | grep -q finished; }
await ended s0
LONGEST_S=$(awk -v ns=$(($(date +%s%N) - begun)) 'BEGIN { print ns / 1e9 }')
kill -TERM $DEVICE
wait $DEVICE || fail "it ended with $?"
LATE=0
for seed in $(seq "$MOMENTS"); do
  device "b$seed"
  start_capture "s$seed"
  sleep "$(awk -v s="$seed" -v t="$LONGEST_S" 'BEGIN { srand(s); printf "%.3f", rand() * t }')"
  kill -9 $DEVICE
  wait $DEVICE 2> /dev/null
  [ -n "$(of "s$seed" video/output | grep finished)" ] && LATE=$((LATE + 1))
  device "b$seed"
  await finished "s$seed"
  kill -TERM $DEVICE
  wait $DEVICE || fail "seed $seed: it ended with $?"
  for topic in blog/infer/input blog/infer/output; do
    of "s$seed" "$topic" > these
    [ "$(jq .index these | sort -nu | tr '\n' ' ')" = "$(seq 0 $((FRAMES - 1)) | tr '\n' ' ')" ] || fail "seed $seed: $topic lacks frames: $(jq .index these | sort -nu | tr '\n' ' ')"
    [ "$(jq -r .id these | sort -u | wc -l)" = $FRAMES ] || fail "seed $seed: $topic: a frame has two ids"
  done
  [ "$(of "s$seed" video/output | grep finished | jq .frames | sort -u)" = $FRAMES ] || fail "seed $seed: $(of "s$seed" video/output)"
  [ -z "$(ls "b$seed/pictures")" ] || fail "seed $seed: pictures are left"
done
echo "$MOMENTS moments, $LATE of them too late"
[ $LATE -lt "$MOMENTS" ] || fail "every capture had ended before the kill"
