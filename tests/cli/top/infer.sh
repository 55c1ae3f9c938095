# infer on graphs small enough to stand here.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"

UNKNOWN_OPERATOR=CAY6iwEKLAoBeBIBcBoRR2xvYmFsQXZlcmFnZVBvb2wiEUdsb2JhbEF2ZXJhZ2VQb29sCh4KAXASAXkaCkZyb2JuaWNhdGUiCkZyb2JuaWNhdGUSAWdaGwoBeBIWChQIARIQCgIIAQoCCAMKAggICgIICGIbCgF5EhYKFAgBEhAKAggBCgIIBgoCCAEKAggBQgQKABAL
LOGARITHM=CAY6jwEKEAoBeBIBbBoDTG9nIgNMb2cKLAoBbBIBcBoRR2xvYmFsQXZlcmFnZVBvb2wiEUdsb2JhbEF2ZXJhZ2VQb29sChgKAXASAXkaB0ZsYXR0ZW4iB0ZsYXR0ZW4SAWdaGwoBeBIWChQIARIQCgIIAQoCCAMKAggICgIICGITCgF5Eg4KDAgBEggKAggBCgIIA0IECgAQCw==
FAR_BOX=CAY6mgQKLQoBeBIBcBoSR2xvYmFsQXZlcmFnZVBvb2xwIhFHbG9iYWxBdmVyYWdlUG9vbAowCgFwCgFXCgFCEgFiGgVDb252YiIEQ29udioVCgxrZXJuZWxfc2hhcGVAAUABoAEHCiQKAWIKAXMSBWJveGVzGgxSZXNoYXBlYm94ZXMiB1Jlc2hhcGUKMAoBcAoBVgoBQxIBYxoFQ29udmMiBENvbnYqFQoMa2VybmVsX3NoYXBlQAFAAaABBwomCgFjCgF0EgZzY29yZXMaDVJlc2hhcGVzY29yZXMiB1Jlc2hhcGUSAWcqPwgECAMIAQgBEAFCAVdKMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACoZCAQQAUIBQkoQAAAAAAAAAAAAAHpEAAB6RCohCAMQB0IBc0oYAQAAAAAAAAABAAAAAAAAAAQAAAAAAAAAKicIAggDCAEIARABQgFWShgAAAAAAAAAAAAAAAAAAIA/AAAAAAAAAAAqEQgCEAFCAUNKCAAAAAAAAAAAKiEIAxAHQgF0ShgBAAAAAAAAAAEAAAAAAAAAAgAAAAAAAABaGwoBeBIWChQIARIQCgIIAQoCCAMKAggICgIICGIbCgVib3hlcxISChAIARIMCgIIAQoCCAEKAggEYhwKBnNjb3JlcxISChAIARIMCgIIAQoCCAEKAggCQgQKABAL

tiny_model det "$DET" detection fastestdet red
tiny_model cls "$CLS" classification classification 'red, green, blue'
mkdir -p pictures/more
echo $RED | base64 -d > pictures/b.png
echo $BLUE | base64 -d > pictures/a.png
cp pictures/b.png pictures/more/a.png

# One line a picture, in the order of the names; the box is the middle half of 16x8.
run 0 infer --model det pictures -o p.jsonl --no-timing --draw drawn
# Nothing that went in, or came out, is replaced by what comes out.
for name in pictures/a.png det/m.onnx det/model.yaml; do
  run 2 infer --model det pictures/a.png -o $name --overwrite
  err_has "'$name' is an input, and would be replaced"
done
run 2 infer --model det pictures -o pictures/b.png --overwrite
err_has "'pictures/b.png' is an input, and would be replaced"
run 2 infer --model det pictures/a.png -o both --draw both
err_has "'both' is in the folder of the pictures"
run 2 infer --model det pictures/a.png -o n.jsonl --draw pictures --overwrite
err_has "'pictures' holds the input pictures/a.png"
[ ! -e both ] || fail "something was written"
run 2 infer --model det pictures/a.png --threads 100000
err_has "--threads: 100000 is not from 0 to 1024"
run 0 infer --model det pictures -o p.jsonl --no-timing --draw drawn --overwrite
out_has "p.jsonl: 3 pictures, 2 detections, opencv"
printf '%s\n' '{"image":"pictures/a.png","width":16,"height":8,"detections":[]}' \
  '{"image":"pictures/b.png","width":16,"height":8,"detections":[{"label":"red","class_id":0,"score":1,"left":4,"top":2,"width":8,"height":4}]}' \
  '{"image":"pictures/more/a.png","width":16,"height":8,"detections":[{"label":"red","class_id":0,"score":1,"left":4,"top":2,"width":8,"height":4}]}' > expected
diff expected p.jsonl || fail "other predictions"
for name in a.jpg b.jpg more/a.jpg; do
  [ "$(head -c 3 "drawn/$name" | od -An -tx1 | tr -d ' ')" = ffd8ff ] || fail "drawn/$name is no JPEG"
done
run 0 infer --model det pictures -o again.jsonl --no-timing --jobs 1 --threads 1
cmp p.jsonl again.jsonl || fail "another number of threads, other bytes"
run 0 infer --model det pictures/b.png
json '.timing_ms | keys' '["decode","infer","postprocess","preprocess"]'
run 0 infer --model det pictures/b.png pictures/a.png -o q.jsonl --json
json .schema mlopsctl.infer/1
json '[.images, .detections, (.failed | length), .output]' '[2,1,0,"q.jsonl"]'
run 0 infer --model det pictures/b.png --set decoder.score_threshold=1
json '.detections | length' 1
run 2 infer --model det pictures/b.png --set decoder.score_threshold=7
err_has "mlopsctl infer: --set: decoder.score_threshold: 7 is outside 0..1"
run 2 infer --model det pictures/b.png --set decoder.score_treshold=1
err_has "score_threshold"

# (1, 0, 0) are probabilities: only red is above 0.3; with --threshold evaluate all are there.
run 0 infer --model cls pictures/b.png --no-timing
out_has '{"image":"pictures/b.png","width":16,"height":8,"classes":[{"label":"red","class_id":0,"score":1}]}'
run 0 infer --model cls pictures/a.png --threshold evaluate
json '[.classes[].label]' '["blue","red","green"]'
run 0 infer --model cls pictures/a.png -o c.jsonl --draw captions
[ -s captions/a.jpg ] || fail "no picture was drawn"

# Label files: references beside them, below --images, or nowhere.
mkdir -p labels
printf '{"source-ref":"s3://bucket/far/b.png"}\n{"source-ref":"s3://bucket/far/a.png"}\n' > labels/set.manifest
run 1 infer --model det labels/set.manifest -o m.jsonl
err_has "error: labels/set.manifest:1: 's3://bucket/far/b.png': the picture was not found; name its folder with --images"
[ ! -e m.jsonl ] || fail "bad pictures, and still an output"
run 0 infer --model det labels/set.manifest --images pictures -o m.jsonl
[ "$(jq -c '[.image, (.detections | length)]' m.jsonl | tr '\n' ' ')" = '["s3://bucket/far/b.png",1] ["s3://bucket/far/a.png",0] ' ] ||
  fail "other predictions by manifest"

# A slice depends on the names alone, and the slices are the whole.
for i in 1 2 3; do
  run 0 infer --model det pictures --no-timing --shard $i/3 -o "shard-$i.jsonl"
done
sort shard-*.jsonl | diff <(sort p.jsonl) - || fail "the slices are not the whole"
run 0 infer --model det pictures/b.png pictures/a.png pictures/more/a.png --no-timing --shard 1/3 -o other.jsonl
sort other.jsonl | diff <(sort shard-1.jsonl) - || fail "another order, another slice"
for bad in 0/3 4/3 3 1/2/3 a/b; do
  run 2 infer --model det pictures --shard $bad
  err_has "--shard: '$bad' is not a slice; write it as 2/8"
done

# Outputs that are there already stay.
run 2 infer --model det pictures -o p.jsonl
err_has "p.jsonl: already exists; pass --overwrite"
run 2 infer --model det pictures -o r.jsonl --draw pictures
err_has "'pictures' holds the input pictures"
[ ! -e r.jsonl ] || fail "the predictions were written although the pictures could not be"
run 0 infer --model det pictures/a.png -o p.jsonl --draw drawn --overwrite
[ "$(wc -l < p.jsonl)" -eq 1 ] && [ ! -e drawn/b.jpg ] || fail "--overwrite left the old output"

# Bad pictures: all are listed, nothing is written; --discard-bad writes the rest.
mkdir bad
echo 'this is text' > bad/text.jpg
: > bad/empty.jpg
head -c 50 pictures/b.png > bad/cut.png
cp pictures/b.png bad/good.jpg
run 1 infer --model det bad -o n.jsonl --draw n
err_has "error: bad/text.jpg: "
err_has "error: bad/empty.jpg: "
err_has "error: bad/cut.png: "
err_has "nothing was written; --discard-bad writes the rest"
[ ! -e n.jsonl ] && [ ! -e n ] && [ ! -e n.partial ] || fail "bad pictures, and still an output"
run 0 infer --model det bad -o n.jsonl --discard-bad --json
json '[.images, .detections, (.failed | length)]' '[1,1,3]'
[ "$(jq -r .image n.jsonl)" = bad/good.jpg ] || fail "a PNG named .jpg was not read"
# What a camera marked as turned goes in as it is stored, and that is said.
{
  printf '\377\330\377\341\000\042Exif\000\000MM\000*\000\000\000\010\000\001\001\022\000\003\000\000\000\001\000\006\000\000\000\000\000\000'
  tail -c +3 captions/a.jpg
} > turned.jpg
run 0 infer --model cls turned.jpg
json '[.width, .height]' '[16,8]'
err_has "pictures marked as turned (EXIF): 1"
mkdir nothing
run 1 infer --model det nothing
err_has "nothing: there are no pictures and no labels in this folder"
run 1 infer --model det missing.jpg
err_has "missing.jpg: no such file or folder"

# Models that are not there, broken, or another one than model.yaml says.
run 1 infer --model missing pictures
err_has "missing"
mkdir no-yaml && cp det/m.onnx no-yaml/
run 1 infer --model no-yaml pictures
err_has "no-yaml: there is no model.yaml in it; write one with 'mlopsctl package describe"
tiny_model renamed "$DET" detection fastestdet red xx
run 1 infer --model renamed pictures
err_has "renamed: m.onnx: the graph has no input 'xx', did you mean 'x'?; input.name in model.yaml is one of: x"
tiny_model cut "$DET" detection fastestdet red
head -c 100 det/m.onnx > cut/m.onnx
run 1 infer --model cut pictures
err_has "cut: m.onnx: byte 5 starts a field of 280 bytes, but only 95 follow"
tiny_model text "$DET" detection fastestdet red
echo 'weights' > text/m.onnx
run 1 infer --model text pictures
err_has "text: m.onnx: "
err_has "not ONNX"
tiny_model operator "$UNKNOWN_OPERATOR" detection fastestdet red
run 1 infer --model operator pictures
err_has "operator: m.onnx: opencv "
err_has "Frobnicate"
tiny_model many "$DET" detection fastestdet 'red, green'
run 1 infer --model many pictures
err_has "the graph has 1 classes, model.yaml names 2 labels; the graph has 'y' 1x6x1x1"
tiny_model kind "$DET" detection yolov8 red
run 1 infer --model kind pictures
err_has "decoder yolov8: "
tiny_model typo "$DET" detection fastestdt red
run 1 infer --model typo pictures
err_has "did you mean 'fastestdet'?"
tiny_model plain "$DET" detection raw red
run 0 infer --model plain pictures/a.png -o plain.jsonl --no-timing
out_has "1 pictures, outputs as they are"
jq -e '(.outputs | length) == 1 and (.outputs[0].name | length) > 0 and ([.outputs[0].shape[]] | reduce .[] as $n (1; . * $n)) == (.outputs[0].data | length) and .detections == null' \
  plain.jsonl > "$OUT" || fail "other outputs: $(head -c 300 plain.jsonl)"
tiny_model size "$DET" detection fastestdet red
sed -i 's/width: 8/width: 16/' size/model.yaml
run 1 infer --model size pictures
err_has "size: m.onnx: input 'x' of the graph is 1x3x8x8, model.yaml makes 1x3x8x16"
tiny_model logarithm "$LOGARITHM" classification classification 'a, b, c'
run 1 infer --model logarithm pictures/b.png
err_has "output 'y': value 1 of 3 is not a finite number"

tiny_model far "$FAR_BOX" detection ultraface red
run 1 infer --model far pictures/b.png
err_has "far: m.onnx: a box of score 1.00 at (0, 0) is far outside the 8x8 input"

# The command line.
run 2 infer --model det pictures --engine opncv
err_has "unknown engine 'opncv', did you mean 'opencv'?"
run 2 infer --model det labels/set.manifest --from groundtruth
err_has "unknown format 'groundtruth'"
run 2 infer --model det pictures --threshold low
err_has "'low' is unknown"
run 2 infer --model det pictures --threads -1
err_has "--threads: -1 is not from 0 to 1024"
run 2 infer --model det pictures --json
err_has "with --json the predictions need a file"
run 2 infer pictures
err_has "--model is missing"
run 2 infer --model det
err_has "INPUT is missing"
