# manifest filter and relabel.
. "$(dirname "$0")/../lib.sh"
line() { # ref job color boxes
  printf '{"source-ref":"%s","color":"%s","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[%s]},"bb-metadata":{"objects":[%s],"class-map":{"3":"dog","7":"cat"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"%s"}}\n' "$1" "$3" "$4" "$5" "$2"
}
box() { printf '{"class_id":%s,"left":%s,"top":2,"width":%s,"height":%s}' "$@"; }
{
  line "s3://b/f/a (1).jpg" one yellow "$(box 3 1 10 10),$(box 7 20 4 4)" '{"confidence":0.9},{"confidence":0.2}'
  line s3://b/f/b.jpg two blue "$(box 7 1 10 10)" '{"confidence":0.4}'
  line s3://b/f/c.jpg two blue '' ''
} > in.manifest
refs() { jq -r '."source-ref"' "$1" | tr '\n' ' '; }
boxes() { jq -r '.bb.annotations | length' "$1" | tr '\n' ' '; }

run 0 manifest filter in.manifest -o out.manifest --where "class == 'dog'"
[ "$(refs out.manifest)" = "s3://b/f/a (1).jpg s3://b/f/c.jpg " ] || fail "$(refs out.manifest)"
[ "$(boxes out.manifest)" = "1 0 " ] || fail "boxes $(boxes out.manifest)"
jq -e -s '.[0]["bb-metadata"]["class-map"] == {"3":"dog"} and .[0].color == "yellow"' out.manifest >/dev/null || fail "ids or members changed"
out_has "out.manifest: 2 images, 1 object, 1 left out"
run 0 manifest filter in.manifest -o out.manifest --overwrite --where "class == 'dog'" --keep-emptied
[ "$(boxes out.manifest)" = "1 0 0 " ] || fail "--keep-emptied"
run 0 manifest filter in.manifest -o out.manifest --overwrite --where "job_name == 'two' and color == 'blue'"
[ "$(refs out.manifest)" = "s3://b/f/b.jpg s3://b/f/c.jpg " ] || fail "by image"
run 0 manifest filter in.manifest -o out.manifest --overwrite --where "source like '*/a (*).jpg'" --where 'score > 0.5'
[ "$(boxes out.manifest)" = "1 " ] || fail "two conditions"
run 0 manifest filter in.manifest -o out.manifest --overwrite --classes cat --min-area 20
[ "$(refs out.manifest)" = "s3://b/f/b.jpg s3://b/f/c.jpg " ] || fail "--classes --min-area"
printf 'a (1)\n# a comment\n\nb.jpg\nnowhere.jpg\n' > drop.txt
run 0 manifest filter in.manifest -o out.manifest --overwrite --drop-list drop.txt
[ "$(refs out.manifest)" = "s3://b/f/c.jpg " ] || fail "--drop-list"
err_has "warning: drop.txt: 'nowhere.jpg' is the name of no image"
run 0 manifest filter in.manifest -o coco.json --where 'boxes > 0'
jq -e '(.images | length) == 2' coco.json >/dev/null || fail "by the name of the output"
run 0 manifest filter coco.json -o again.json --where 'width >= 10' --json
json '[.images_written,.annotations_written]' '[2,2]'
run 0 manifest filter in.manifest -o - --where 'boxes == 0'
[ "$(wc -l < "$OUT")" -eq 1 ] || fail "stdout is not the manifest"
for jobs in 1 2 8; do run 0 manifest filter in.manifest -o j$jobs.manifest --where 'area > 20' --jobs $jobs; done
cmp j1.manifest j2.manifest && cmp j1.manifest j8.manifest || fail "--jobs changes the output"

run 2 manifest filter in.manifest -o x.manifest
err_has "nothing to filter by"
run 2 manifest filter in.manifest -o x.manifest --where 'class =='
err_has "--where 'class ==': column 9: ends too early"
run 2 manifest filter in.manifest -o x.manifest --where 'clas == 1'
err_has "--where: no image has a 'clas', did you mean 'class'?"
[ ! -e x.manifest ] || fail "written in spite of a wrong name"
run 2 manifest filter in.manifest -o x.manifest --min-area -1
err_has "--min-area: -1 is negative"
run 0 manifest filter in.manifest -o y.manifest --classes dgo,cat
err_has "'dgo' is no class of the data set, did you mean 'dog'?"
run 1 manifest filter in.manifest -o x.manifest --drop-list none.txt
err_has "none.txt: no such file"

# relabel: classes by name, ids from 0, told where they changed
run 0 manifest relabel in.manifest -o r.manifest --map dog=pet,cat=pet
[ "$(jq -c -s '.[0]["bb-metadata"]["class-map"]' r.manifest)" = '{"0":"pet"}' ] || fail "merged"
out_has "class id of pet: 3, 7 -> 0"
run 0 manifest relabel in.manifest -o r.manifest --overwrite --from-field color --map yellow=sun
[ "$(jq -c -s '[.[]["bb-metadata"]["class-map"]]' r.manifest)" = '[{"1":"sun"},{"0":"blue"},{}]' ] || fail "$(jq -c -s '[.[]["bb-metadata"]["class-map"]]' r.manifest)"
run 0 manifest relabel in.manifest -o r.manifest --overwrite --from-filename '/([a-z])[^/]*$'
[ "$(jq -c -s '[.[]["bb-metadata"]["class-map"]]' r.manifest)" = '[{"0":"a"},{"1":"b"},{}]' ] || fail "by file name"
printf 'cat\ndog\n' > names.txt
run 0 manifest relabel in.manifest -o r.manifest --overwrite --classes names.txt
[ "$(jq -c -s '.[0]["bb-metadata"]["class-map"]' r.manifest)" = '{"0":"cat","1":"dog"}' ] || fail "--classes"
out_has "class id of cat: 7 -> 0"
run 1 manifest relabel in.manifest -o x.manifest --map cat=lion --classes names.txt
err_has "s3://b/f/a (1).jpg: 'lion' is not in --classes"
run 0 manifest relabel in.manifest -o x.manifest --map cat=lion --classes names.txt --discard-bad
[ "$(refs x.manifest)" = "s3://b/f/c.jpg " ] || fail "--discard-bad"
run 1 manifest relabel in.manifest -o y2.manifest --from-filename '\(([0-9])\)'
err_has "error: s3://b/f/b.jpg: --from-filename finds no class in 's3://b/f/b.jpg'"
run 0 manifest relabel in.manifest -o y2.manifest --map horse=pony
err_has "warning: --map: 'horse' is no class of the data set"
run 2 manifest relabel in.manifest -o z.manifest
err_has "nothing to do"
run 2 manifest relabel in.manifest -o z.manifest --map dog
err_has "'dog' is not OLD=NEW"
run 2 manifest relabel in.manifest -o z.manifest --map dog=a,dog=b
err_has "'dog' stands twice"
run 2 manifest relabel in.manifest -o z.manifest --from-filename '['
err_has "is no regular expression"
run 2 manifest relabel in.manifest -o z.manifest --from-filename 'x'
err_has "has no group"
run 2 manifest relabel in.manifest -o z.manifest --from-filename '(x)' --from-field color
err_has "exclude each other"
printf 'cat\ncat\n' > twice.txt
run 1 manifest relabel in.manifest -o z.manifest --classes twice.txt
err_has "twice.txt: 'cat' stands twice"
