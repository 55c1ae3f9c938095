# manifest convert --exif: labels of pictures that a camera wrote sideways.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=1&seconds=1' -o frames
picture=$(find frames -name '*.jpg' | head -n 1)
turn() { # orientation output: the same pixels with an Exif block in front
  python3 - "$picture" "$1" "$2" <<'X'
import struct, sys
data = open(sys.argv[1], 'rb').read()
tiff = b'II*\0' + struct.pack('<IHHHIHHI', 8, 1, 0x0112, 3, 1, int(sys.argv[2]), 0, 0)
block = b'Exif\0\0' + tiff
open(sys.argv[3], 'wb').write(data[:2] + b'\xff\xe1' + struct.pack('>H', len(block) + 2) + block + data[2:])
X
}
line() { # ref width height left top
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":%s,"height":%s,"depth":3}],"annotations":[{"class_id":0,"left":%s,"top":%s,"width":30,"height":20}]},"bb-metadata":{"objects":[{"confidence":0}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"x"}}\n' "$@"
}
box() { jq -c -s "[.[$2].bb.image_size[0].width,.[$2].bb.annotations[0].left,.[$2].bb.annotations[0].top,.[$2].bb.annotations[0].width]" "$1"; }
turn 6 right.jpg
turn 3 half.jpg
cp "$picture" none.jpg
{ line right.jpg 160 120 10 40; line half.jpg 160 120 10 40; line none.jpg 160 120 10 40; line right.jpg 120 160 60 10; } > in.manifest
run 0 manifest convert in.manifest kept.manifest
[ "$(box kept.manifest 0)" = '[160,10,40,30]' ] || fail "keep changed a box"
run 0 manifest convert in.manifest turned.manifest --exif apply
out_has "2 images turned as the camera said, 1 were labelled upright already"
run 0 manifest convert in.manifest turned.manifest --exif apply --json --overwrite
json '[.turned,.upright_already,.dropped_members]' '[2,1,0]'
[ "$(box turned.manifest 0)" = '[120,60,10,20]' ] || fail "a quarter turn: $(box turned.manifest 0)"
[ "$(box turned.manifest 1)" = '[160,120,60,30]' ] || fail "a half turn: $(box turned.manifest 1)"
[ "$(box turned.manifest 2)" = '[160,10,40,30]' ] || fail "no turn: $(box turned.manifest 2)"
[ "$(box turned.manifest 3)" = '[120,60,10,30]' ] || fail "upright already: $(box turned.manifest 3)"
run 0 manifest convert in.manifest named.manifest --exif apply --images .
err_has "in.manifest:4: 'right.jpg' is stored as 160x120 with the turn 6 (EXIF); the labels were made on the upright picture [image-turned]"
run 1 manifest convert kept.manifest x.manifest --exif apply --images frames
err_has "pictures were not found, and --exif apply has to look at them"
run 2 manifest convert in.manifest x.manifest --exif turn
err_has "'turn' is unknown"

# augment and crop: labels of the stored pixels and labels of the upright picture cut out the same thing.
line right.jpg 160 120 10 40 > stored.manifest
line right.jpg 120 160 60 10 | sed 's/"width":30,"height":20/"width":20,"height":30/' > upright.manifest
run 0 manifest crop stored.manifest -o stored
run 0 manifest crop upright.manifest -o upright
run 0 manifest augment stored/labels.manifest -o cut --ops rotate90
cmp cut/images/right-1-rotate90.png upright/dog/right-1.png || fail "the upright label cuts out something else"
grep -qF '"class-name":"dog"' cut/labels.manifest || fail "the class of the picture is lost"
run 0 manifest augment stored.manifest -o more --ops rotate90
run 0 manifest augment upright.manifest -o same --ops 'scale:1'
cmp more/images/right-rotate90.png same/images/right-scale-1.png || fail "not the upright pixels"
[ "$(box more/labels.manifest 0)" = "$(box same/labels.manifest 0)" ] || fail "boxes: $(box more/labels.manifest 0) $(box same/labels.manifest 0)"

# Polygons and other labels cannot be turned: they go rather than stay wrong.
printf '{"images":[{"id":1,"file_name":"right.jpg","width":160,"height":120}],"categories":[{"id":1,"name":"dog"}],"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[10,20,30,20],"area":600,"iscrowd":0,"segmentation":[[10,20,40,20,40,40]],"keypoints":[10,20,2]}]}\n' > polygon.json
run 0 manifest convert polygon.json turned.json --exif apply
out_has "2 other members left out: polygons, key points and other labels are not turned"
[ "$(jq -c '.annotations[0] | [.bbox, has("segmentation"), has("keypoints")]' turned.json)" = '[[80,10,20,30],false,false]' ] || fail "$(cat turned.json)"
run 0 manifest augment polygon.json -o polygons --ops rotate90,brightness:1.1
out_has "2 other members left out: polygons, key points and other labels do not move with pictures"
[ "$(jq -c 'to_entries[] | .value.annotations? // empty | .[0] | has("segmentation")' polygons/labels.manifest | tr '\n' ' ')" = 'false true ' ] ||
  fail "$(cat polygons/labels.manifest)"
run 0 manifest augment polygon.json -o polygons --ops rotate90,crop:0.05 --min-visible 1 --json --overwrite
json '[.dropped_boxes,.dropped_members,.dropped_masks,.not_mirrored]' '[1,4,0,0]'
run 0 manifest crop polygon.json -o none --min-area 1000 --json
json '[.images_written,.cut_at_edge,.too_small]' '[0,0,1]'
