# manifest split, join, stats on a small hand-made set.
. "$(dirname "$0")/../lib.sh"
line() { # ref group time label
  printf '{"source-ref":"%s","group":"%s","time_s":%s,"bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":2,"width":10,"height":20}]},"bb-metadata":{"class-map":{"0":"%s"},"objects":[{"confidence":0}],"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00"}}\n' "$@"
}
mkdir -p one two
for clip in 1 2 3 4 5 6; do
  for frame in 1 2 3 4 5; do
    touch "one/c${clip}f$frame.jpg"
    line "c${clip}f$frame.jpg" "clip$clip" "$frame" circle
  done
done > one/all.manifest

run 0 manifest split one/all.manifest -o splits --json
json .images_written 30
json .groups 6
json '[.splits[].images] | sort' '[5,5,20]'
# every reference still names its file, and no clip is in two parts
for part in train validation test; do
  jq -r '."source-ref"' splits/$part.manifest | while read -r ref; do [ -e "splits/$ref" ] || fail "$ref is lost"; done
  jq -r .group splits/$part.manifest | sort -u
done | sort | uniq -d | grep -q . && fail "a clip is divided"
cp -r splits first
run 0 manifest split one/all.manifest -o splits --overwrite
diff -r first splits || fail "not the same bytes"
run 0 manifest split one/all.manifest -o other --seed 2
diff -q first/test.manifest other/test.manifest >/dev/null && fail "the seed changes nothing"
run 2 manifest split one/all.manifest -o splits
err_has "splits: already exists; pass --overwrite"
run 2 manifest split one/all.manifest -o x --ratio train=0.9,tset=0.1
err_has "'tset' is no split, did you mean 'test'?"
run 2 manifest split one/all.manifest -o x --group-by regexp:a
err_has "did you mean 'regex'?"
run 1 manifest split one/all.manifest -o x --group-by field:room
err_has "one/all.manifest:1: has no member 'room'"
[ ! -e x ] || fail "a refused split left its folder"
run 0 manifest split one/all.manifest -o y --group-by time:2s --quiet
run 1 manifest split none.manifest -o x
err_has "none.manifest: no such file"
run 2 manifest split one/all.manifest -o -
err_has "'-': a folder is to be written, and this names none; give the name of a folder"
[ ! -e - ] || fail "a folder named - was made"
run 2 manifest split one/all.manifest
err_has "--output is missing"

# a class has the same id in every part, also where the parts meet the classes in another order
for n in $(seq 40); do
  id=$((n * 7 % 5))
  line "s3://b/$n.jpg" "clip$n" "$n" "class$id" | sed "s/\"class_id\":0/\"class_id\":$id/; s/{\"0\":/{\"$id\":/"
done > five.manifest
for how in "" --stratify "--sizes 2"; do
  # shellcheck disable=SC2086
  run 0 manifest split five.manifest -o five --ratio train=0.5,test=0.5 $how --overwrite --quiet
  cat five/*.manifest | jq -r '."bb-metadata"."class-map" | to_entries[] | "\(.key) \(.value)"' | sort -u > ids
  [ "$(wc -l < ids)" -eq 5 ] || fail "a class has two ids, or two classes have one ($how)"
done
for jobs in 1 2 8; do
  run 0 manifest split five.manifest -o five$jobs --stratify --sizes 1,2 --jobs $jobs --quiet
  diff -r five1 five$jobs || fail "--jobs $jobs changes the bytes"
done

line c1f1.jpg other 0 square > one/more.manifest
touch two/x.jpg
line x.jpg other 0 triangle > two/labels.manifest
run 0 manifest join one/all.manifest two/labels.manifest -o all.manifest --json
json .images_written 31
jq -e -s '[.[]."source-ref"] | contains(["one/c1f1.jpg","two/x.jpg"])' all.manifest >/dev/null || fail "references do not follow"
jq -e -s '.[30].bb.annotations[0].class_id == 1' all.manifest >/dev/null || fail "the second class did not get id 1"
run 1 manifest join one/all.manifest one/more.manifest -o j.manifest
err_has "1 image occurs more than once, the first is 'one/c1f1.jpg'"
[ ! -e j.manifest ] || fail "written in spite of a conflict"
run 0 manifest join one/all.manifest one/more.manifest -o j.manifest --on-conflict merge
jq -e -s 'map(select(."source-ref" == "one/c1f1.jpg"))[0].bb.annotations | length == 2' j.manifest >/dev/null || fail "not merged"
# stdout is the manifest and nothing else
run 0 manifest join one/all.manifest two/labels.manifest -o -
cmp "$OUT" all.manifest || fail "joined to stdout: not the same bytes"
run 0 manifest join one/all.manifest two/labels.manifest -o - --json
cmp "$OUT" all.manifest || fail "joined to stdout with --json: not the same bytes"
run 2 manifest join one/all.manifest -o j.manifest --on-conflict newest
err_has "'newest' is unknown"

run 0 manifest stats all.manifest
out_has "31 images (0 empty, 0 not labelled), 31 objects, at most 1 in an image"
out_has "all images are 64x48"
run 0 manifest stats all.manifest --json
json '.classes | map([.label, .annotations])' '[["circle",30],["triangle",1]]'
json .annotations_by_size.small 31
run 1 manifest stats nothing
err_has "nothing: no such file"
