# Limits: N passes, N+1 is refused with the name to raise it by.
. "$(dirname "$0")/../lib.sh"
run 0 formats --limits
out_has "line-bytes"
out_has "16777216"
run 0 formats --limits --json
json '[.schema, (.limits | map(.name) | join(","))]' '["mlopsctl.limits/1","line-bytes,element-bytes,label-file-bytes,pixels,request-bytes,message-bytes,image-json-bytes"]'
run 0 formats --limits --limit pixels=1000 --json
json '.limits[] | select(.name == "pixels") | .value' 1000
line='{"source-ref":"s3://b/a.jpg","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[]},"bb-metadata":{"objects":[],"class-map":{},"type":"groundtruth/object-detection"}}'
echo "$line" > one.manifest
bytes=${#line}
run 0 manifest stats one.manifest --limit line-bytes=$bytes
run 1 manifest stats one.manifest --limit line-bytes=$((bytes - 1))
err_has "one.manifest:1: $bytes bytes, at most $((bytes - 1)) are read; raise it with --limit line-bytes=N if that is meant [line-too-long]"
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=1&seconds=1' -o frames
run 0 manifest preview frames/labels.manifest -o a.html --limit pixels=19200 --json
json .images_missing 0
run 0 manifest preview frames/labels.manifest -o b.html --limit pixels=19199 --json
json .images_missing 1
grep -q "160x120 is over the limit of 19199 pixels" b.html || fail "the reason is not on the page"
run 0 manifest convert frames/labels.manifest voc --to voc
xml=$(find voc -name '*.xml' | head -n 1)
size=$(stat -c %s "$xml")
run 0 manifest stats voc --limit label-file-bytes=$size
run 1 manifest stats voc --limit label-file-bytes=$((size - 1))
err_has "raise it with --limit label-file-bytes=N"
run 0 manifest convert frames/labels.manifest l.json --to label_studio
run 0 manifest stats l.json
run 1 manifest stats l.json --limit element-bytes=100
err_has "raise it with --limit element-bytes=N"
run 2 formats --limit line-byte=3
err_has "--limit: 'line-byte' is unknown, did you mean 'line-bytes'?"
run 2 formats --limit pixels=0
err_has "'pixels=0' is not pixels=N"
run 2 formats --limit pixels
