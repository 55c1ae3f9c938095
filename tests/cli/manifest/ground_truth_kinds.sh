# manifest convert of Ground Truth labels beside boxes: classes, masks, verification.
. "$(dirname "$0")/../lib.sh"
meta() { printf '{"type":"groundtruth/%s","human-annotated":"yes","job-name":"labeling-job/x","creation-date":"2026-01-01T00:00:00"%s}' "$1" "${2:-}"; }
boxes() { printf '"bb":{"image_size":[{"width":50,"height":40,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":2,"width":3,"height":4}]},"bb-metadata":%s' "$(meta object-detection ',"class-map":{"0":"dog"},"objects":[{"confidence":0}]')"; }
verified() { printf '"verify-bb":"1","verify-bb-metadata":%s' "$(meta label-verification ",\"class-name\":\"$1\"")"; }
{
  printf '{"source-ref":"s3://b/1.jpg",%s,%s}\n' "$(boxes)" "$(verified good)"
  printf '{"source-ref":"s3://b/2.jpg",%s,%s}\n' "$(boxes)" "$(verified bad)"
} >verified.manifest
run 0 manifest convert verified.manifest good.manifest --discard-verified bad,unsure --json
json '[.images_read,.images_written]' '[2,1]'
err_has "no line was verified as 'unsure', but there is 'bad', 'good'"
err_has "images left out for their verification, as asked: 1 (first: verified.manifest:2)"
grep -q '"s3://b/1.jpg"' good.manifest || fail "the good one is not there"
run 0 manifest convert verified.manifest all --to yolo
err_has "other members of the image: 4"
run 0 manifest convert --help
out_has "--discard-verified"

# Boxes and a class in one line: boxes, unless the class is named.
sport=$(printf '"sport":0,"sport-metadata":%s' "$(meta image-classification ',"class-name":"football","confidence":0')")
printf '{"source-ref":"s3://b/1.jpg",%s,%s}\n' "$(boxes)" "$sport" >both.manifest
run 0 manifest convert both.manifest both --to yolo
err_has "other members of the image: 2"
run 0 manifest convert both.manifest sport.manifest --label-attribute sport
[ "$(jq -S -c . sport.manifest)" = "$(jq -S -c . both.manifest)" ] || fail "a label changed on its way"
run 0 manifest convert both.manifest sport --to yolo --label-attribute sport
err_has "classes of whole images: 1"
run 1 manifest convert both.manifest x.manifest --label-attribute sprot
err_has "no line has the label 'sprot', but there is"

# Masks go with their references, which are seen from the folder of the output.
mkdir in out
: >in/a.png
: >in/a-mask.png
printf '{"source-ref":"a.png","m-ref":"a-mask.png","m-ref-metadata":%s}\n' "$(meta semantic-segmentation ',"internal-color-map":{"0":{"class-name":"BACKGROUND","hex-color":"#ffffff","confidence":0}}')" >in/m.manifest
run 0 manifest convert in/m.manifest out/m.manifest
[ "$(jq -r '."m-ref"' out/m.manifest)" = ../in/a-mask.png ] || fail "the mask is not seen from out/"
[ "$(jq -r '."m-ref-metadata"."internal-color-map"."0"."hex-color"' out/m.manifest)" = '#ffffff' ] || fail "no colour map"
run 0 manifest convert in/m.manifest out/m.json
err_has "segmentation masks: 1"
run 0 manifest convert verified.manifest all.json
run 2 manifest convert all.json x.manifest --label-attribute m-ref
err_has "label attribute 'm-ref'"
[ ! -e x.manifest ] || fail "a refused output is there"
