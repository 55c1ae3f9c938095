# shellcheck shell=bash disable=SC2034
# Models and pictures small enough to stand here; sourced after lib.sh.
#   DET    graph: redness of the picture becomes the objectness of one box in its middle half (fastestdet's layout)
#   CLS    graph: mean red, green and blue become the scores of three classes
#   RED, BLUE    pictures of one colour, 16x8
#   tiny_model DIR GRAPH TASK DECODER LABELS [INPUT]    a model's folder; DECODER is a kind, and more keys behind a comma
#   red_set N    1.png ... N.png, and t.manifest: each has one object, where DET finds one
DET=CAY6mAIKLAoBeBIBcBoRR2xvYmFsQXZlcmFnZVBvb2wiEUdsb2JhbEF2ZXJhZ2VQb29sCi8KAXAKAVcKAUISAXkaBENvbnYiBENvbnYqFQoMa2VybmVsX3NoYXBlQAFAAaABBxIBZypXCAYIAwgBCAEQAUIBV0pIAACAPwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKiEIBhABQgFCShgAAAAAVJ8MP1SfDD8AAAAAAAAAAAAAgD9aGwoBeBIWChQIARIQCgIIAQoCCAMKAggICgIICGIbCgF5EhYKFAgBEhAKAggBCgIIBgoCCAEKAggBQgQKABAL
CLS=CAY6fQosCgF4EgFwGhFHbG9iYWxBdmVyYWdlUG9vbCIRR2xvYmFsQXZlcmFnZVBvb2wKGAoBcBIBeRoHRmxhdHRlbiIHRmxhdHRlbhIBZ1obCgF4EhYKFAgBEhAKAggBCgIIAwoCCAgKAggIYhMKAXkSDgoMCAESCAoCCAEKAggDQgQKABAL
RED=iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAIAAAB/FOjAAAAAFElEQVQYlWP8z0AaYCJR/agGogAAk1ABDwg2etUAAAAASUVORK5CYII=
BLUE=iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAIAAAB/FOjAAAAAFklEQVQYlWNkYPjPQApgIkn1qAYiAQCRUgEPr9ROwgAAAABJRU5ErkJggg==

tiny_model() {
  mkdir -p "$1"
  echo "$2" | base64 -d > "$1/m.onnx"
  model_yaml "$1" m.onnx "$3" "name: ${6:-x}, width: 8, height: 8, color: rgb, resize: stretch, scale: 0.00392156862745098" "$4" "$5"
}
# red_line IMAGE BOXES
red_line() {
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":16,"height":8,"depth":3}],"annotations":[%s]},"bb-metadata":{"class-map":{"0":"red"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j","objects":[]}}\n' "$@"
}
MIDDLE='{"class_id":0,"left":4,"top":2,"width":8,"height":4}'
red_set() {
  local i
  for i in $(seq "$1"); do
    echo "$RED" | base64 -d > "$i.png"
    red_line "$i.png" "$MIDDLE"
  done > t.manifest
}
