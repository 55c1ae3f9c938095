# package describe: drafts, what it cannot know, and files that are no models.
. "$(dirname "$0")/../lib.sh"
onnx() { python3 "$HERE/make_onnx.py" "$@"; }

onnx yolo.onnx 1,3,64,64 1,7,84 "names={0: 'circle', 1: 'no', 2: \"square's\"}" license=AGPL-3.0
run 0 package describe yolo.onnx
out_has "kind: yolov8  # recognised: one output 1x(4+C)xN"
out_has "  - circle"
out_has '  - "no"'
out_has "licence: AGPL-3.0  # check: from the metadata"
out_has "resize: letterbox-center  # guess: usual for YOLOv8"
err_has "guessed, check them: input.color"
[ ! -e model.yaml ] || fail "something was written without -o"

mkdir pkg
cp yolo.onnx pkg/
run 0 package describe pkg/yolo.onnx -o pkg/model.yaml --name shapes
run 0 package verify pkg
run 2 package describe pkg/yolo.onnx -o pkg/model.yaml
err_has "pkg/model.yaml: already exists; pass --overwrite"
run 0 package describe pkg/yolo.onnx -o pkg/model.yaml --overwrite --json
json .schema mlopsctl.package.describe/1
json .output pkg/model.yaml
json '.items[0].name' yolo.onnx
json '.graph.outputs[0].shape' '[1,7,84]'
run 0 package describe pkg/yolo.onnx -o other.yaml
err_has "a package needs the weights beside model.yaml"

# What cannot be known is left in words, and such a file is refused.
onnx pkg/strange.onnx batch,3,height,width 7,7,7,7,7
run 0 package describe pkg/strange.onnx -o pkg/model.yaml --overwrite
err_has "the outputs fit no family"
err_has "to be filled in before it can be used: task, input.width, input.height, decoder.kind, labels"
run 3 package verify pkg
out_has "task: is still to be filled in"
onnx dynamic.onnx batch,3,height,width 1,84,n "imgsz=[480, 640]"
run 0 package describe dynamic.onnx
out_has "width: 640  # guess: from the metadata 'imgsz'"
out_has "height: 480  # guess"

printf 'a\nb\n\nc\n' > gap.names
run 1 package describe yolo.onnx --labels gap.names
err_has "gap.names:3: the line is empty, so the classes after it would shift"
printf 'a\nb\na\n' > twice.names
run 1 package describe yolo.onnx --labels twice.names
err_has "twice.names:3: label 'a' stands on line 1 already"
printf 'a\r\nb\r\n\r\n' > two.names
run 1 package describe yolo.onnx --labels two.names
err_has "its outputs have 3 classes, but there are 2 labels"

run 2 package describe
err_has "MODEL"
run 1 package describe none.onnx
err_has "none.onnx: no such file"
: > empty.onnx
run 1 package describe empty.onnx
err_has "empty.onnx: is empty, an ONNX model was expected"
echo "just text" > text.onnx
run 1 package describe text.onnx
err_has "text.onnx: byte "
err_has "damaged, incomplete or not ONNX"
head -c 60 yolo.onnx > cut.onnx
run 1 package describe cut.onnx
err_has "cut.onnx: byte "
onnx vector.onnx 1,64 1,10
run 1 package describe vector.onnx
err_has "no input takes pictures (four axes); inputs: 'images' 1x64"
onnx embed.onnx 1,3,112,112 1,128
run 0 package describe embed.onnx
out_has "task: embedding  # guess"
run 0 package describe embed.onnx --task classification
out_has "task: classification  # as you said"
run 2 package describe embed.onnx --task clasification
err_has "did you mean 'classification'?"
