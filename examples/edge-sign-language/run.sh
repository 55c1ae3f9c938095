#!/usr/bin/env bash
# A device that looks through its camera when a message says so: the steps of README.md beside this, on one machine.
#   MLOPSCTL=/path/of/mlopsctl bash examples/edge-sign-language/run.sh [DIR]     DIR must not be there yet
# Needs mosquitto, mosquitto-clients and jq.
set -eu
PATH=$PATH:/usr/sbin
model=$(cd "$(dirname "$0")/../shapes/model" && pwd)
MLOPSCTL=$(realpath "$(command -v "${MLOPSCTL:-mlopsctl}")") # also where it was named from here
dir=${1:-edge-sign-language}
[ ! -e "$dir" ] || { echo "$dir is there already; give another folder" >&2; exit 2; }
mkdir -p "$dir"
cd "$dir"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
started=""
trap 'kill $started 2> /dev/null || true' EXIT

step() { printf '\n== %s\n' "$*"; }
broker() {
  mosquitto -c broker.conf 2> /dev/null &
  broker=$!
  started="$started $broker"
}
wait_until() { # COMMAND...
  for _ in $(seq 300); do
    "$@" > /dev/null 2>&1 && return
    sleep 0.1
  done
  echo "not within 30 s: $*" >&2
  exit 1
}
publish() { mosquitto_pub -V 5 -p "$port" -q 1 "$@"; }
# said START TOPIC JQ    of the messages of that start there, each once; "at" is when it came
said() {
  jq -c --arg start "$1" --arg topic "$2" 'select(.start == $start and .topic == $topic)' messages.jsonl |
    jq -s -c "unique_by(.id) | sort_by(.at) | .[] | $3"
}
finished() { # START FRAMES
  said "$1" video/output .state | grep -q finished && [ "$(said "$1" blog/infer/output .id | wc -l)" -ge "$2" ]
}

step "A broker, as the cloud's or the site's; what it has for others survives it"
printf '%s\n' "listener $port 127.0.0.1" "allow_anonymous true" "user $(id -un)" "persistence true" "persistence_location $PWD/" \
  "autosave_interval 1" "autosave_on_changes true" "max_queued_messages 0" > broker.conf
broker
wait_until publish -t test -m x

step "Somebody in the cloud who listens"
mosquitto_sub -V 5 -p "$port" -q 1 -c -i cloud -x 600 -F '{"at": %U, "topic": "%t", "payload": %p}' \
  -t video/output -t blog/infer/output -t blog/infer/input 2> /dev/null > raw.jsonl &
started="$started $!"
tail -n +1 -F raw.jsonl 2> /dev/null | jq -c --unbuffered '{at, topic} + .payload' > messages.jsonl &
started="$started $!"

step "The device"
echo "\$ mlopsctl serve edge --core front-desk --model examples/shapes/model --camera pattern:shapes --broker mqtt://127.0.0.1:$port"
"$MLOPSCTL" serve edge --core front-desk --model "$model" --camera 'pattern:shapes?seed=3&size=640x480&fps=5&seconds=60' \
  --broker "mqtt://127.0.0.1:$port" --buffer buffer &
device=$!
started="$started $device"
wait_until grep -q ready messages.jsonl

step "1. Start: 10 seconds, a frame a second"
publish -t video/input -m '{"id": "morning", "duration": 10, "fps": 1}'
wait_until finished morning 10
said morning blog/infer/output '"frame at \(.time_s) s: \(.prediction) (\(.score)), \(.detections | length) objects"' | tr -d '"'
jq -s -r '(map(select(.topic == "video/output" and .state == "started")) | .[0].timestamp) as $start
  | (map(select(.topic == "blog/infer/input")) | map(.timestamp) | min) as $frame
  | (map(select(.topic == "blog/infer/output")) | unique_by(.id) | map(.at - .timestamp) | sort) as $seen
  | "start to first frame: \(($frame - $start) * 1000 | round) ms; frame to prediction in the cloud: \($seen[$seen | length / 2 | floor] * 1000 | round) ms (median of \($seen | length))"' messages.jsonl

step "2. The network goes in the middle of a capture, and comes back"
publish -t video/input -m '{"id": "noon", "duration": 60, "fps": 5}'
wait_until grep -q '"noon"' messages.jsonl
kill -9 "$broker"
wait "$broker" 2> /dev/null || true
sleep 2
broker
wait_until finished noon 300
echo "$(said noon blog/infer/output .id | wc -l) predictions of 300 frames, each once"

step "3. The end: what was taken is finished"
kill -TERM "$device"
wait "$device"
ls -A buffer/pictures | wc -l | sed 's/$/ pictures are left on the device/'
