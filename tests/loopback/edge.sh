# A device over a real broker: starts, results on topics and in a real table, a broker and a device that are killed, certificates,
# hostile messages.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
DYNALITE=${MLOPSCTL_TEST_DYNALITE:-}
BROKER=$(command -v mosquitto || ls /usr/sbin/mosquitto 2>/dev/null)
if [ ! -f "$DYNALITE" ] || [ -z "$BROKER" ]; then
  echo "SKIPPED: needs dynalite (export MLOPSCTL_TEST_DYNALITE=\$(bash scripts/dynalite.sh)) and mosquitto"
  [ "${CI:-}" = true ] && exit 1
  exit 77
fi
no_cloud
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
URL=mqtt://127.0.0.1:$PORT
# broker NAME LINES...    with NAME.conf; BROKER_PID is its pid
broker() {
  local name=$1
  shift
  mkdir -p "$name"
  printf '%s\n' "listener $PORT 127.0.0.1" "persistence true" "persistence_location $PWD/$name/" "autosave_on_changes true" \
    "autosave_interval 1" "max_queued_messages 0" "user root" "log_dest file $PWD/$name/log" "$@" > "$name.conf"
  start "$BROKER" -c "$name.conf" 2> /dev/null
  BROKER_PID=$!
  for _ in $(seq 100); do
    (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> /dev/null && return
    sleep 0.05
  done
  fail "the broker does not listen: $(cat "$name/log")"
}
stop() { # SIGNAL PID
  kill "-$1" "$2" 2> /dev/null
  wait "$2" 2> /dev/null
}
publish() { mosquitto_pub -V 5 -h 127.0.0.1 -p "$PORT" -q 1 "$@"; } # -t TOPIC ...
begin() { publish -t video/input -m "$1"; }
# watch FILE    writes what is said on the topics of a device: topic, a blank, payload
watch() {
  mosquitto_sub -V 5 -h 127.0.0.1 -p "$PORT" -q 1 -c -x 600 -i "watch-$1" -F '%t %p' -t 'video/output' -t 'blog/infer/#' -t 'dynamo/#' > "$1" 2> /dev/null &
  WATCH=$!
  STARTED="$STARTED $WATCH"
  sleep 0.3
}
# said FILE TOPIC [JQ]    the messages there, each once
said() { sed -n "s#^$2 ##p" "$1" | jq -c -s "unique_by(.id) | .[] | ${3:-.}"; }
# until_said FILE TOPIC JQ COUNT    waits for so many that are true
until_said() {
  for _ in $(seq 600); do
    [ "$(said "$1" "$2" "select($3)" 2> /dev/null | wc -l)" -ge "$4" ] && return
    sleep 0.1
  done
  cp "$1" "$OUT"
  fail "only $(said "$1" "$2" "select($3)" | wc -l) of $4 times $3 on $2"
}
# device [MORE]    in the background with the buffer "buffer"; DEVICE is its pid
device() {
  : > "$OUT"
  "$MLOPSCTL" serve edge --core front --model det --camera "$CAMERA" --broker "$URL" --buffer buffer "$@" > "$OUT" 2> "$ERR" &
  DEVICE=$!
  STARTED="$STARTED $DEVICE"
  for _ in $(seq 200); do
    grep -q ready: "$OUT" && return
    sleep 0.05
  done
  fail "it is not ready"
}

start node "$DYNALITE" --port 0 --host 127.0.0.1 --createTableMs 0 > dynalite.out 2>&1
wait_for dynalite.out
AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$(sed -n 's/.*:\([0-9]*\)$/\1/p' dynalite.out)
export AWS_ENDPOINT_URL_DYNAMODB AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_REGION=us-east-1
dynamo() { # OPERATION BODY
  curl -s "$AWS_ENDPOINT_URL_DYNAMODB" -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: DynamoDB_20120810.$1" \
    -H 'X-Amz-Date: x' -H 'Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c' -d "$2"
}
dynamo CreateTable '{"TableName":"gestures","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"Gesture ID","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"Gesture ID","AttributeType":"S"}]}' > made
tiny_model det "$DET" detection fastestdet red

# A start, what is seen, and the table.
CAMERA='pattern:shapes?size=64x48&fps=10&seconds=20'
broker plain "allow_anonymous true"
watch first
device --table dynamodb://gestures --partition-key 'Gesture ID' --retention-days 30 --pictures kept
begin '{"id": "one", "fps": 2, "duration": 3}'
until_said first video/output '.state == "finished"' 1
until_said first dynamo/output '.new' 6
[ "$(said first video/output .state | sort | tr -d '\n')" = '"finished""ready""started"' ] || fail "states: $(said first video/output)"
[ "$(said first blog/infer/output '[.prediction, .core, .start, .index]' | sort | tr -d '\n')" = \
  '["red","front","one",0]["red","front","one",10]["red","front","one",15]["red","front","one",20]["red","front","one",25]["red","front","one",5]' ] ||
  fail "results: $(said first blog/infer/output)"
[ "$(said first blog/infer/input .filepath | sort -u | wc -l)" = 6 ] || fail "frames"
[ "$(said first dynamo/input '[.frame, .prediction]' | sort)" = "$(said first blog/infer/output '[.frame, .prediction]' | sort)" ] || fail "predictions"
dynamo Scan '{"TableName":"gestures"}' > "$OUT"
json .Count 6
json '[.Items[] | .prediction.S, .core.S] | unique | tostring' '["front","red"]'
json '[.Items[] | (.expires_at.N | tonumber) - (.timestamp.N | tonumber | floor)] | unique | tostring' '[2592000]'
[ "$(dynamo Scan '{"TableName":"gestures"}' | jq -r '.Items[]["Gesture ID"].S' | sort)" = "$(said first dynamo/output .frame | tr -d '"' | sort)" ] || fail "ids"
[ "$(ls kept | wc -l)" = 6 ] && [ "$(ls buffer/pictures | wc -l)" = 0 ] || fail "pictures: $(ls kept buffer/pictures)"
# The same start again, and one for another device.
begin '{"id": "one"}'
until_said first video/output '.state == "refused" and (.text | contains("done before"))' 1
begin '{"cores": ["back"], "id": "two"}'
# A picture that somebody put into the buffer; and what must not be looked at.
echo "$RED" | base64 -d > buffer/mine.png
ln -s /etc/hostname buffer/link.png
publish -t blog/infer/input -m '{"filepath": "mine.png"}'
until_said first blog/infer/output '(.filepath | endswith("buffer/mine.png")) and .prediction == "red"' 1
for path in ../first link.png /etc/hostname missing.png . 'a\u0000b'; do publish -t blog/infer/input -m "{\"filepath\": \"$path\"}"; done
until_said first video/output '.state == "refused" and (.text | startswith("request: filepath"))' 6
[ "$(said first video/output 'select(.start == "two")')" = "" ] || fail "another device's start was taken"

# Hostile starts are refused, each with its reason; the next good one is taken.
head -c 300 /dev/urandom > noise
publish -t video/input -f noise
printf '\xff\xfe' > bytes
publish -t video/input -f bytes
printf '[%.0s' $(seq 5000) > deep
publish -t video/input -f deep
head -c 10000000 /dev/zero > large # over the limit: the broker keeps it
publish -t video/input -f large
sleep 1 # five a second are looked at
for text in '[]' '7' '{"duration": -1}' '{"duration": 1e300}' '{"duration": "10h"}' '{"fps": "many"}' '{"fps": 0}'; do begin "$text"; done
sleep 2
for text in '{"frames": 1.5}' '{"frames": -3}' '{"id": ""}' '{"id": "a b"}' '{"id": 7}' '{"cores": "x"}' '{"duration": 1, "duration": 2}' '{"a":'; do begin "$text"; done
until_said first video/output '.state == "refused" and (.text | startswith("start"))' 18
said first video/output .text > texts
for text in "not UTF-8" "nested more than 200 deep" "a list, not an object" "duration: '-1' is no time above 0" "is over the longest that this device takes, 3600 s" \
  "fps: '\\\\\"many\\\\\"'" "frames: '1.5'" "id: '\\\\\"a b\\\\\"'" "cores: is no list"; do
  grep -q -- "$text" texts || fail "no refusal says: $text: $(cat texts)"
done
for i in $(seq 300); do echo '{"id": "flood-'"$i"'", "frames": 1}'; done | publish -t video/input -l
sleep 5
begin '{"id": "after", "frames": 2}'
until_said first video/output '.state == "finished" and .start == "after" and .frames == 2' 1
err_has "more starts than this device looks at"
kill -0 $DEVICE || fail "it died"

stop INT $DEVICE
[ $? = 0 ] || fail "Ctrl-C did not end it with 0"
until_said first video/output '.state == "stopped"' 1

# Killed in the middle, it goes on behind its last frame; the broker is killed as well. All arrives once an id, in order.
CAMERA='pattern:shapes?size=64x48&fps=30&seconds=10'
watch second
device --table dynamodb://gestures --partition-key 'Gesture ID'
begin '{"id": "long", "fps": 30}'
begin '{"id": "other"}'
until_said second video/output '.state == "busy" and .start == "other" and .text == "the capture long goes on"' 1
until_said second blog/infer/output .prediction 20
stop KILL $DEVICE
until_said second video/output '.state == "lost"' 1
device --table dynamodb://gestures --partition-key 'Gesture ID'
until_said second blog/infer/output .prediction 60
stop KILL "$BROKER_PID"
stop TERM "$WATCH"
for _ in $(seq 300); do
  grep -q 'start long: finished' "$ERR" && break
  sleep 0.1
done
err_has "start long: finished, 300 frames"
err_has "messages wait in"
stop TERM $DEVICE
[ $? = 0 ] || fail "SIGTERM did not end it with 0"
err_has "wait in"
broker plain "allow_anonymous true"
watch second.more
device --table dynamodb://gestures --partition-key 'Gesture ID'
until_said second.more video/output '.state == "finished" and .frames == 300' 1
for _ in $(seq 100); do
  cat second second.more > both
  [ "$(said both dynamo/output .frame | sort -u | wc -l)" = 300 ] && break
  sleep 0.1
done
for topic in blog/infer/input blog/infer/output dynamo/input dynamo/output; do
  [ "$(said both "$topic" .frame | sort -u | wc -l)" = 300 ] || fail "$topic: $(said both "$topic" .frame | sort -u | wc -l) of 300 frames"
done
sed -n 's#^blog/infer/output ##p' second.more | jq .index > order
sort -n -u order > sorted
awk '!seen[$0]++' order | diff - sorted > "$OUT" || fail "out of order"
dynamo Scan '{"TableName":"gestures","FilterExpression":"#s = :s","ExpressionAttributeNames":{"#s":"start"},"ExpressionAttributeValues":{":s":{"S":"long"}}}' > "$OUT"
json .Count 300

# Two devices do not share a buffer; a full one drops the oldest and says so, or ends the capture.
run 2 serve edge --core front --model det --camera "$CAMERA" --broker "$URL" --buffer buffer
err_has "buffer"
stop TERM $DEVICE
device --buffer-limit 1000 --on-full stop
begin '{"id": "full", "fps": 30}'
until_said second.more video/output '.start == "full" and .state == "stopped" and .frames == 0 and .text == "the buffer is full"' 1
stop TERM $DEVICE
device --buffer-limit 30000
begin '{"id": "away", "fps": 30}'
until_said second.more video/output '.start == "away" and .state == "started"' 1
stop KILL "$BROKER_PID"
for _ in $(seq 300); do
  grep -q 'start away: finished' "$ERR" && break
  sleep 0.1
done
err_has "$WORK/buffer: the buffer is full (29.3 KiB): the oldest goes from here on"
broker plain "allow_anonymous true"
until_said second.more video/output '.start == "away" and .state == "finished" and .frames == 300 and .dropped > 0' 1
stop TERM $DEVICE
stop TERM "$BROKER_PID"

# A broker with a password.
touch password && chmod 600 password
mosquitto_passwd -b password device secret
broker closed "allow_anonymous false" "password_file $PWD/password"
echo secret > right
echo wrong > wrong
edge() { # RC MORE...
  local want=$1 got=0
  shift
  timeout 20 "$MLOPSCTL" serve edge --core front --model det --camera "$CAMERA" --buffer closed.buffer "$@" > "$OUT" 2> "$ERR" || got=$?
  [ "$got" = "$want" ] || fail "exit $got, expected $want: $*"
}
edge 1 --broker "$URL" --user device --password-file wrong
err_has "$URL: refuses this client: Not authorized"
edge 1 --broker "$URL"
err_has "refuses this client: Not authorized"
CAMERA='pattern:shapes?size=64x48&seconds=2'
device --user device --password-file right
stop TERM $DEVICE
stop TERM "$BROKER_PID"

# A broker with rules: what may not be said is left out, and the rest goes on.
printf '%s\n' 'topic readwrite video/#' > mute
broker mute.broker "allow_anonymous true" "acl_file $PWD/mute"
watch third
device --topics frames=
begin '{"id": "muted", "frames": 1}'
until_said third video/output '.start == "muted" and .state == "finished" and .frames == 1' 1
stop TERM $DEVICE
[ $? = 0 ] || fail "it did not end"
grep -qE 'broker (refuses a message \(Not authorized\)|broke the connection 8 times at a message to blog/infer/output); it is left out' "$ERR" ||
  fail "nothing is left out"
stop TERM "$BROKER_PID"

# TLS with certificates of both sides.
authority() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2> "$ERR" || fail "no authority"; }
certificate() { # NAME AUTHORITY ALTERNATIVE
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2> "$ERR" &&
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -out "$1.pem" -extfile <(echo "subjectAltName=$3") 2> "$ERR" || fail "no certificate"
}
authority ours
authority theirs
certificate server ours IP:127.0.0.1,DNS:localhost
certificate front ours DNS:front
certificate stranger theirs DNS:stranger
broker tls "cafile $PWD/ours.pem" "certfile $PWD/server.pem" "keyfile $PWD/server.key" "require_certificate true" "allow_anonymous true"
URL=mqtts://localhost:$PORT
edge 1 --broker "$URL" --ca theirs.pem --certificate front.pem --key front.key
err_has "$URL: cannot connect: "
err_has "certificate verify failed"
err_has "check --ca, --certificate and --key"
edge 1 --broker "$URL" --ca ours.pem --certificate stranger.pem --key stranger.key
err_has "$URL: "
err_has "check --ca, --certificate and --key"
# What is wrong comes after the handshake of TLS 1.3, and is lost where the broker resets the connection before it is read: then the
# device tries again, and so does this.
for _ in 1 2 3 4 5; do
  timeout 20 "$MLOPSCTL" serve edge --core front --model det --camera "$CAMERA" --buffer closed.buffer --broker "$URL" --ca ours.pem > "$OUT" 2> "$ERR"
  [ $? = 124 ] || break
done
err_has "certificate required"
edge 1 --broker "$URL" --ca ours.pem --certificate front.pem --key stranger.key
err_has "check --ca, --certificate and --key"
edge 2 --broker "$URL" --ca missing.pem --certificate front.pem --key front.key
err_has "--ca: missing.pem: No such file or directory"
device --ca ours.pem --certificate front.pem --key front.key
mosquitto_pub -V 5 -h localhost -p "$PORT" --cafile ours.pem --cert front.pem --key front.key -q 1 -t video/input -m '{"frames": 1}'
for _ in $(seq 100); do
  grep -q 'finished, 1 frames' "$ERR" && break
  sleep 0.1
done
err_has "finished, 1 frames"
stop TERM $DEVICE
stop TERM "$BROKER_PID"

# Nobody is there: that is no error, and what there is waits.
URL=mqtt://127.0.0.1:$PORT
device --drain 1s
err_has "$URL: cannot connect: Connection refused; messages wait in $WORK/buffer"
stop TERM $DEVICE
[ $? = 0 ] || fail "it did not end"

# A broker that breaks the connection at some messages: they are left out in the end, and what is behind them comes.
start python3 "$HERE/fake_broker.py" break blog/infer/output > breaking 2> /dev/null
wait_for breaking
URL=mqtt://127.0.0.1:$(cat breaking)
"$MLOPSCTL" serve edge --core front --model det --camera "$CAMERA" --broker "$URL" --buffer breaking.buffer --topics frames= > "$OUT" 2> "$ERR" &
DEVICE=$!
STARTED="$STARTED $DEVICE"
for _ in $(seq 600); do
  [ "$(grep -c 'broke the connection 8 times at a message to blog/infer/output; it is left out' "$ERR")" -ge 1 ] && break
  sleep 0.1
done
err_has "broke the connection 8 times at a message to blog/infer/output; it is left out"
stop TERM $DEVICE

# A broker that takes no more for now gets everything later.
start python3 "$HERE/fake_broker.py" busy > busy 2> taken
wait_for busy
URL=mqtt://127.0.0.1:$(cat busy)
"$MLOPSCTL" serve edge --core front --model det --camera "$CAMERA" --broker "$URL" --buffer busy.buffer > "$OUT" 2> "$ERR" &
DEVICE=$!
STARTED="$STARTED $DEVICE"
for _ in $(seq 600); do
  [ "$(grep -c blog/infer/output taken)" = 2 ] && break
  sleep 0.1
done
[ "$(grep -c blog/infer/output taken)" = 2 ] || fail "what a busy broker took: $(cat taken)"
err_has "$URL: takes no more for now: Quota exceeded; messages wait in"
stop TERM $DEVICE

# A broker that announces 256 MB gets no memory for them.
start python3 "$HERE/fake_broker.py" announce > hostile.port 2> /dev/null
wait_for hostile.port
URL=mqtt://127.0.0.1:$(cat hostile.port)
device --drain 1s
sleep 1
[ "$(awk '/VmHWM/ {print $2}' /proc/$DEVICE/status)" -lt 200000 ] || fail "memory: $(grep VmHWM /proc/$DEVICE/status)"
stop TERM $DEVICE
[ $? = 0 ] || fail "it did not end"
