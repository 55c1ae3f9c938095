# The page of serve http in a real browser: a picture is chosen, and its boxes are shown.
. "$(dirname "$0")/../lib.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "SKIPPED: needs chromium, which is not here"; exit 77; }
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 capture 'pattern:shapes?seed=3&size=320x240&fps=1&seconds=1' -o frames
PICTURE=$(find frames -name '*.jpg')
run 0 infer "$PICTURE" --model "$MODEL" -o one.jsonl
want=$(jq -c '[.detections[] | .label]' one.jsonl)
start "$MLOPSCTL" serve http --model "$MODEL" --listen 127.0.0.1:0 --layout bounding-boxes > serve.log
wait_for serve.log
for _ in $(seq 100); do grep -q '^ready' serve.log && break; sleep 0.05; done
URL=$(sed -n 's/^listening on //p' serve.log)
look() { timeout 60 python3 "$HERE/page.py" "$browser" "$URL/" "$1" "$WORK/profile" ${SCREENSHOT:+"$SCREENSHOT"} > "$OUT" 2> "$ERR" || fail "the browser"; }
look "$PICTURE"
json .title "shapes-detector 1"
json '[.rows[][0]] | tostring' "$want"
json .status "$(jq length <<< "$want") found"
json '[.width, .drawn, .bad] | tostring' '[320,true,""]'
json '.times | test("ms from here and back; in it decode ")' true
json '.problems | length' 0 # also: nothing that the page's policy forbids
echo none > none.jpg
look none.jpg
json '[.status, .bad] | tostring' '["this is not a picture that the browser can show","bad"]'
