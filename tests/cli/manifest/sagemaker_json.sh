# manifest convert to and from the image format of SageMaker's built-in object detection.
. "$(dirname "$0")/../lib.sh"
box='"image_size":[{"width":50,"height":40,"depth":3}],"annotations":[{"class_id":3,"left":1,"top":2.5,"width":3,"height":4}]'
line() { printf '{"source-ref":"%s","split":"%s","bb":{%s},"bb-metadata":{"type":"groundtruth/object-detection","class-map":{"3":"dog"},"objects":[{"confidence":0.5}],"human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j"}}\n' "$1" "$2" "$box"; }
{ line a.jpg train; line b.jpg validation; } >in.manifest
run 0 manifest convert in.manifest set --to sagemaker_json
err_has "score: 2"
err_has "metadata of the label: "
[ "$(cat set/train_annotation/a.json)" = "{\"file\":\"a.jpg\",$box,\"categories\":[{\"class_id\":3,\"name\":\"dog\"}]}" ] || fail "$(cat set/train_annotation/a.json)"
[ -e set/validation_annotation/b.json ] || fail "no channel of validation"
run 0 manifest convert set back.manifest
[ "$(jq -c '[."source-ref",.split,."bounding-box".annotations[0].class_id]' back.manifest | tr '\n' ' ')" = '["a.jpg","train",3] ["b.jpg","validation",3] ' ] || fail "back: $(cat back.manifest)"
run 0 manifest stats set/train_annotation/a.json --json
json '[.images_read,.annotations]' '[1,1]'
line c/a.jpg train >>in.manifest
run 1 manifest convert in.manifest other --to sagemaker_json
err_has "would share the file 'train_annotation/a.json' with another image"
[ ! -e other ] || fail "a half folder"
echo '{"file":"x.jpg"' >set/train_annotation/c.json
run 1 manifest convert set none.manifest
err_has "set/train_annotation/c.json: not valid JSON"
