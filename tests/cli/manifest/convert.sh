# manifest convert and formats: every refusal, the same bytes for any --jobs, and the old output that stays.
. "$(dirname "$0")/../lib.sh"
line() { # ref left [class_id]
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[{"class_id":%s,"left":%s,"top":2,"width":10,"height":20}]},"bb-metadata":{"objects":[{"confidence":0}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"labeling-job/x"}}\n' "$1" "${3:-0}" "$2"
}
{ line s3://b/a.jpg 1; line s3://b/b.jpg 2.5; } > good.manifest

run 0 manifest convert good.manifest out.json --json
json .schema mlopsctl.manifest.convert/1
json '[.images_read,.images_written,.annotations_written,(.problems|length)]' '[2,2,2,0]'
jq -e '.annotations[1].bbox == [2.5,2,10,20] and .categories[0] == {"id":1,"name":"dog","supercategory":""}' out.json >/dev/null || fail "wrong COCO"
err_has "not in the output: metadata of the label: 6"
run 0 manifest convert out.json -o back.manifest --label-attribute bb
run 0 manifest convert back.manifest -o - --to coco
diff "$OUT" out.json || fail "there and back differs"
run 2 manifest convert good.manifest out.json
err_has "out.json: already exists; pass --overwrite to replace it"
run 0 manifest convert good.manifest out.json --overwrite --quiet
run 0 manifest convert good.manifest yolo --to yolo --loss-report loss.json
jq -e '.schema == "mlopsctl.manifest.losses/1" and (.losses | length > 0)' loss.json >/dev/null || fail "loss report"
run 0 manifest convert good.manifest voc --to voc
[ -e voc/a.xml ] || fail "no XML"
"$MLOPSCTL" manifest convert - -o - --from ground_truth --to coco < good.manifest 2>"$ERR" | diff - out.json || fail "stdin to stdout differs"

grep -q '<folder>s3://b</folder>' voc/a.xml || fail "the folder of the reference"
run 0 manifest convert voc back.manifest --overwrite --quiet
[ "$(jq -r '."source-ref"' back.manifest | head -n 1)" = s3://b/a.jpg ] || fail "the reference through VOC"
mkdir -p hollow/labels && echo dog > hollow/classes.txt
run 0 manifest convert hollow hollow.json
err_has "warning: hollow: holds no images; is it the right one? [no-images]"

# the command line
run 2 manifest convert good.manifest x.json --to coc
err_has "unknown format 'coc', did you mean 'coco'?; see 'mlopsctl formats'"
run 2 manifest convert good.manifest x.json --from voq
err_has "unknown format 'voq', did you mean 'voc'?"
run 2 manifest convert good.manifest x
err_has "x: its name does not say in which format to write; name the format with --to"
run 2 manifest convert good.manifest x.jsonl --to predictions
err_has "format 'predictions' can only be read"
run 2 manifest convert good.manifest
err_has "--output is missing"
run 2 manifest convert good.manifest x.json --voc-base 2
err_has "--voc-base: 2 is neither 0 nor 1"
run 1 manifest convert good.manifest x.json --images nowhere
err_has "nowhere: no such folder"

# the input
run 1 manifest convert none.manifest x.json
err_has "none.manifest: no such file"
: > empty.manifest
run 1 manifest convert empty.manifest x.json
err_has "empty.manifest: is empty"
mkdir folder
run 1 manifest convert folder x.json
err_has "folder: no label format that is known here"
run 1 manifest convert folder x.json --from coco
err_has "folder: is a folder, a COCO file was expected"
echo 'hello' > text.txt
run 1 manifest convert text.txt x.json
err_has "text.txt: no label format that is known here; name it with --from"
{ line a.jpg 1; echo '{"source-ref":"b.jpg",}'; line c.jpg 1 7; line d.jpg 60; line e.jpg 1; } > bad.manifest
run 1 manifest convert bad.manifest x.json --json
json '[.images_read, .images_written, (.problems | map(.rule) | join(" "))]' '[5,0,"not-json class-id-not-in-class-map box-outside-image"]'
json '.problems[0].place' bad.manifest:2
err_has "bad.manifest:3: box 1: class_id 7 is not in the line's class-map {0: dog} [class-id-not-in-class-map]"
err_has "bad records, nothing was written; fix them or pass --discard-bad"
[ ! -e x.json ] || fail "written in spite of bad records"
run 0 manifest convert bad.manifest x.json --discard-bad --problems left.jsonl
out_has "x.json: 3 images, 3 objects, 2 left out"
run 2 manifest convert bad.manifest y.json --discard-bad --problems left.jsonl
err_has "left.jsonl: already exists"
[ ! -e y.json ] || fail "written although a report could not be"
[ "$(wc -l < left.jsonl)" -eq 3 ] || fail "not all problems were listed"

# an id with two names: the images with the second name are left out, not relabelled
{ line a.jpg 1; line b.jpg 1 | sed 's/"dog"/"cat"/'; line c.jpg 1; } > clash.manifest
run 1 manifest convert clash.manifest clash.json
err_has "clash.manifest:2: class id 0 is 'cat' here and 'dog' in an earlier line; images with it are left out [class-map-conflict]"
run 0 manifest convert clash.manifest clash.json --discard-bad --json
json .images_written 2

# the output
run 1 manifest convert good.manifest nofolder/x.json
err_has "the folder 'nofolder' does not exist"
run 2 manifest convert good.manifest folder --to coco
err_has "folder: is a folder, a file was to be written there"
mkdir foreign && touch foreign/mine
run 2 manifest convert good.manifest foreign --to yolo --overwrite
err_has "foreign: was not made by mlopsctl"

# the same bytes for any number of threads, over several pieces of input
i=0
while [ $i -lt 6000 ]; do i=$((i + 1)); line "s3://bucket/a/long/folder/name/frame_$i.jpg" $((i % 40)); done > many.manifest
for jobs in 1 2 8; do run 0 manifest convert many.manifest "j$jobs.json" --jobs "$jobs" --quiet; done
cmp j1.json j2.json && cmp j1.json j8.json || fail "the output depends on --jobs"
jq -e '[.annotations[].id] == [range(1;6001)] and [.annotations[].image_id] == [range(1;6001)]' j1.json >/dev/null || fail "ids"

# Ctrl-C: 130, the old output stays, nothing is left beside it
for _ in 1 2 3 4 5 6 7 8; do cat many.manifest; done > twice.manifest
for _ in 1 2 3 4 5; do cat twice.manifest; done > big.manifest
cp j1.json keep.json
set -m
"$MLOPSCTL" manifest convert big.manifest keep.json --overwrite --jobs 1 >"$OUT" 2>"$ERR" &
pid=$!
temporary() { find . -maxdepth 1 -name '.*.tmp' | grep -q .; }
for _ in $(seq 200); do
  temporary && break
  sleep 0.01
done
kill -INT $pid
wait $pid
got=$?
set +m
[ $got -eq 130 ] || fail "exit $got after SIGINT, expected 130"
cmp j1.json keep.json || fail "the old output did not stay"
temporary && fail "a temporary file was left"

run 0 formats
out_has "ground_truth"
run 0 formats --json
json '.formats | map(.name) | contains(["ground_truth","predictions","coco","coco_results","voc","yolo","cvat","label_studio","createml"])' true

# YOLO's many files are made on all threads: the same ones for any number of them
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=10&seconds=40' -o many
for jobs in 1 2 8; do run 0 manifest convert many/labels.manifest yolo$jobs --to yolo --jobs $jobs; done
diff -r yolo1 yolo2 && diff -r yolo1 yolo8 || fail "--jobs changes YOLO's files"
[ "$(find yolo1/labels -name '*.txt' | wc -l)" = 400 ] || fail "a file for each image"
