# Real label files: a chain through four formats keeps every box, four spellings of one data set agree, quirks are handled.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/voc-raccoon
real=$SHARED/data/real
boxes() { # manifest -> "name label left top right bottom", sorted
  jq -r '(keys[] | select(endswith("-metadata"))) as $m | ($m | rtrimstr("-metadata")) as $k | .[$m]["class-map"] as $c
    | (."source-ref" | split("/") | last) as $n | .[$k].annotations[] | [$n, $c[.class_id|tostring], .left, .top, .left + .width, .top + .height] | @tsv' "$1" |
    sort -t "$(printf '\t')" -k1,2 -k3,6n
}
same() { # a b tolerance
  [ -s "$1" ] || fail "$1 is empty"
  paste "$1" "$2" | awk -F '\t' -v t="$3" '{ if (NF != 12 || $1 != $7 || $2 != $8) { print "names: " $0; exit 1 }
    for (i = 3; i <= 6; i++) if ($i - $(i+6) > t || $(i+6) - $i > t) { print "box: " $0; exit 1 } }' || fail "$1 and $2 differ"
}

# VOC -> Ground Truth -> COCO -> YOLO -> VOC
run 0 manifest convert "$real/voc-raccoon/annotations" gt.manifest
run 0 manifest convert gt.manifest coco.json
run 0 manifest convert coco.json yolo --to yolo
run 0 manifest convert yolo voc --to voc --images "$real/voc-raccoon/images"
run 0 manifest convert voc end.manifest --json
json '[.images_written,.annotations_written,(.problems|length)]' '[200,217,0]'
boxes gt.manifest > first.tsv
boxes end.manifest > last.tsv
[ "$(wc -l < first.tsv)" -eq 217 ] || fail "not 217 boxes"
same first.tsv last.tsv 0.5
run 0 manifest validate "$real/voc-raccoon" --images "$real/voc-raccoon/images" --json
json .ok true
grep -rl '/Users/\|/home/' voc && fail "a private path was written"

# voc-falcon: no depth, a class with a space, a list of images that are elsewhere, images without XML
run 0 manifest convert "$real/voc-falcon" falcon.manifest --json
json '[.images_written,.annotations_written]' '[12,13]'
json '[.problems[].rule] | sort' '["image-without-annotation","listed-image-missing"]'
json '.problems[] | select(.rule == "listed-image-missing") | .text | split(" ")[0]' 295
grep -q '"Tie Fighter"' falcon.manifest || fail "the class with a space"

# the same 273 boxes in four formats with four class orders
gts=$real/voc100-multiformat/data/database/gts
images=$real/voc100-multiformat/data/database/images
run 0 manifest convert "$gts/pascalvoc_format" voc.manifest --images "$images"
run 0 manifest convert "$gts/imagenet_format" imagenet.manifest
run 0 manifest convert "$gts"/coco_format_v1/*.json v1.manifest --images "$images"
run 0 manifest convert "$gts"/coco_format_v2/*.json v2.manifest
run 0 manifest convert "$gts/yolo_format" yolo.manifest --images "$images"
for name in voc imagenet v1 v2 yolo; do
  boxes $name.manifest > $name.tsv
  [ "$(wc -l < $name.tsv)" -eq 273 ] || fail "$name has $(wc -l < $name.tsv) boxes"
  # rounding can change the order of near-equal boxes: compare with sorted whole pixels
  awk -F '\t' -v OFS='\t' '{ for (i = 3; i <= 6; i++) $i = int($i + 0.5); print }' $name.tsv | sort -t "$(printf '\t')" -k1,2 -k3,6n > $name.whole
done
for name in imagenet v1 v2 yolo; do same voc.whole $name.whole 1; done

# Label Studio's YOLO with classes.txt, images of several kinds
run 0 manifest convert "$real/label-studio/tests/data/test_import_yolo_data" studio.json --json
json .images_written 7

run 0 manifest stats "$real/label-studio/tests/data/test_import_yolo_data"
run 0 manifest split "$real/label-studio/tests/data/test_import_yolo_data" -o studio-parts
[ -e "studio-parts/$(jq -r '."source-ref"' studio-parts/train.manifest | head -n 1)" ] || fail "a reference is lost"

# real Ground Truth jobs
golden=$SHARED/data/golden/groundtruth
count() { # file lines boxes
  run 0 manifest convert "$1" count.json --overwrite --json
  json '[.images_written,.annotations_written]' "[$2,$3]"
}
count "$golden/blue-box-large-job-public.output.manifest" 624 590
count "$golden/blue-box-small-job-public.output.manifest" 21 19
count "$golden/yellow-box-large-job-public.output.manifest" 633 579
count "$golden/yellow-box-small-job-public.output.manifest" 32 33
count "$golden/sagemaker-examples-yolov5-bird.output.manifest" 100 192
count "$real/gt-bees/job-bees-500.manifest" 72 227
count "$real/gt-bees/job-bax-bees.train.manifest" 55 54
# there and back keeps every member
run 0 manifest convert "$golden/blue-box-large-job-public.output.manifest" again.manifest --quiet
jq -S -c . "$golden/blue-box-large-job-public.output.manifest" > a.txt
jq -S -c . again.manifest > b.txt
cmp a.txt b.txt || fail "a member was lost"

# degenerate boxes are reported, not fatal
run 1 manifest convert "$SHARED/data/golden/voc/bccd_degenerate" x.json
err_has "[box-without-area]"
run 0 manifest convert "$SHARED/data/golden/voc/bccd_degenerate" x.json --discard-bad

coco=$(find "$real/map-groundtruth/coco-val2014-100" -name 'instances_val2014_100.json' | head -n 1)
if [ -n "$coco" ]; then
  run 0 manifest convert "$coco" coco.manifest --json
  json '.images_written > 0 and .annotations_written > 0' true
fi
