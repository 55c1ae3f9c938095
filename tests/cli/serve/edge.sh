# serve edge: what its command line refuses. What it does with a broker: tests/loopback/edge.sh.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
no_cloud
tiny_model det "$DET" detection fastestdet red
edge() { # RC MORE...
  local want=$1
  shift
  run "$want" serve edge --core front --model det --buffer buffer "$@"
}
BROKER="--broker mqtt://127.0.0.1:9"
CAMERA="--camera pattern:shapes"
run 0 serve edge --help
out_has "--broker URL"
out_has "mosquitto_pub"
run 2 serve edge --model det
err_has "--core"
edge 2 $CAMERA
err_has "there is no broker; give --broker mqtts://HOST"
edge 2 $BROKER
err_has "there is no camera"
edge 2 $CAMERA --broker mqtt://broker.example
err_has "--broker: mqtt://broker.example is another machine, and mqtt:// can be read on the way; give mqtts://, or --plain-mqtt"
edge 2 $CAMERA --broker http://x
err_has "--broker: is no mqtts or mqtt URL"
edge 2 $CAMERA --broker mqtts://me:secret@broker
err_has "--broker: has user info in it"
grep -q secret "$ERR" && fail "it shows the password"
refused() { # TEXT MORE...
  local text=$1
  shift
  edge 2 $CAMERA $BROKER "$@"
  err_has "$text"
}
refused "--fps and --every exclude each other" --fps 1 --every 2
refused "--fps: 0 is not above 0" --fps 0
refused "--every: 'x' is neither a count nor a time" --every x
refused "--max-frames: 0 is not above 0" --max-frames 0
refused "--quality: 101 is not from 1 to 100" --quality 101
refused "--retention-days: 0 is not 1 or more" --retention-days 0
refused "--key: there is no --certificate" --key k
refused "--certificate: there is no --key" --certificate c
refused "--user: there is no --password-file" --user u
refused "--password-file: there is no --user" --password-file p
refused "--buffer-limit: 'much' is not a size above 0" --buffer-limit much
refused "--on-full" --on-full explode
refused "--topics: start='a/#' is no topic" --topics 'start=a/#'
refused "--topics: 'video/output' is the topic of status and results" --topics results=video/output
refused "--topics: there is no start topic" --topics start=
refused "--table: 'x' is no table of DynamoDB" --table x
refused "--limit: 'message-byte' is unknown, did you mean 'message-bytes'?" --limit message-byte=1
run 2 serve edge --core front --model s3://b/m.tar.gz $CAMERA $BROKER --buffer buffer
err_has "--model: s3://b/m.tar.gz is not taken without --model-digest"
run 1 serve edge --core front --model missing $CAMERA $BROKER --buffer buffer
err_has "missing"
edge 1 $CAMERA $BROKER --configuration '{"camera": {}}'
err_has "configuration"
edge 1 $CAMERA $BROKER --configuration '{"buffer": {"max_bytes": "lots"}}'
err_has "'\"lots\"' is no number from 1 on"
mkdir -m 755 open
run 2 serve edge --core front --model det --buffer open $CAMERA $BROKER
err_has "open: others may look into this folder; name another folder with --buffer DIR"

# What template edge-group writes is what is read: a broker that is not there is waited for, under the core's own id.
run 0 template render edge-group -f "$MLOPSCTL_SOURCE/templates/deploy.example.yaml" -o rendered
CONFIGURATION=$(jq -r '.components | to_entries[].value.configurationUpdate.merge // empty' rendered/deployment.json | jq -c ".serve | .buffer.folder = \"$WORK/device\" | .mqtt.endpoint = \"127.0.0.1:9\"")
export MLOPSCTL_SERVE_EDGE_CORE=front-desk MLOPSCTL_SERVE_EDGE_MODEL=det MLOPSCTL_SERVE_EDGE_CONFIGURATION=$CONFIGURATION
RUNTIME=$(dirname "$MLOPSCTL")/mlopsctl-runtime
printf '%s' "$CONFIGURATION" | jq -e '.partition_key' > /dev/null || fail "the partition key is missing"
"$RUNTIME" serve edge --region eu-west-1 > "$OUT" 2> "$ERR" < /dev/null
[ $? = 2 ] || fail "exit of a device without the files of a nucleus"
err_has "/greengrass/v2/rootCA.pem: No such file or directory"
