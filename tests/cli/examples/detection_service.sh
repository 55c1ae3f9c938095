# examples/detection-service: every step, and what comes out of it.
. "$(dirname "$0")/../lib.sh"
no_cloud
example=$MLOPSCTL_SOURCE/examples/detection-service/run.sh
bash "$example" out > "$OUT" 2> "$ERR" || fail "the example ended with $?"
grep -qE '^\{"bounding_boxes":\[\[0\.[0-9, .\[]*.*\],"inf_time":"0\.[0-9]+","status":200\}$' "$OUT" || fail "the reply that clients know"
for way in base64 bytes four-clients; do
  grep -qE "^$way( +[0-9.]+){6}$" "$OUT" || fail "no figures of $way"
done
grep -qE '^[0-9]+ requests: [1-9][0-9]* answered, [1-9][0-9]* told to come back later, 0 anything else$' "$OUT" || fail "the crowd"
grep -qE '^local: [0-9.]+ ms a picture, map_50 0\.9' "$OUT" || fail "the model here"
grep -qE '^service: [0-9.]+ ms a picture, map_50 0\.9' "$OUT" || fail "the model behind the service"
[ -s out/service.tar ] || fail "no image"
run 0 package verify out/service.tar
got=0
bash "$example" out > "$OUT" 2> "$ERR" || got=$?
[ "$got" = 2 ] || fail "an earlier folder was not refused"
