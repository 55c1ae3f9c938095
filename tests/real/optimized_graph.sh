# What ONNX Runtime made ready of a graph is kept: the next process is faster and finds the same. Nothing that happens to what was
# kept changes a result.
. "$(dirname "$0")/../cli/lib.sh"
need_onnxruntime
export MLOPSCTL_ONNXRUNTIME=$ONNXRUNTIME
need_shared data/real/models/nanodet_m.onnx
need_shared data/real/voc100-multiformat/data/database/images
SET=$SHARED/data/real/voc100-multiformat/data/database
COCO=$(tr -d '\r' < "$SHARED/data/real/models/coco.names" | sed '/^$/d; s/.*/"&"/' | paste -sd,)
mkdir nanodet && cp "$SHARED/data/real/models/nanodet_m.onnx" nanodet/ && chmod u+w nanodet/nanodet_m.onnx
model_yaml nanodet nanodet_m.onnx detection \
  'name: input.1, width: 416, height: 416, color: bgr, resize: stretch, mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395]' \
  'nanodet, nms: {per_class: true, max_detections: 300, iou: 0.6}, score_threshold: 0.3' "$COCO"
PICTURES=$(find "$SET/images" -name '*.jpg' | sort | head -3)
export MLOPSCTL_CACHE=$WORK/cache
found() { # NAME: what is found is what is found without a cache, and nothing half-made stays
  # shellcheck disable=SC2086
  run 0 infer --model nanodet $PICTURES -o "$1.jsonl" --no-timing --engine onnxruntime
  cmp "$1.jsonl" without.jsonl || fail "$1: other objects"
  [ -z "$(find cache -name '*.draft' 2>/dev/null)" ] || fail "$1: a draft stays"
}
# shellcheck disable=SC2086
MLOPSCTL_CACHE=off run 0 infer --model nanodet $PICTURES -o without.jsonl --no-timing --engine onnxruntime
[ ! -e cache ] || fail "MLOPSCTL_CACHE=off keeps something"
found first
KEPT=$(find cache -name '*.ort')
[ "$(stat -c %a "$KEPT")" = 600 ] || fail "kept with mode $(stat -c %a "$KEPT")"
[ "$(stat -c %s "$KEPT")" -gt 1000000 ] || fail "what is kept is small"
BEFORE=$(stat -c %i "$KEPT")
found second
[ "$(stat -c %i "$KEPT")" = "$BEFORE" ] || fail "the graph was made ready twice"
truncate -s 100000 "$KEPT"
found truncated
[ "$(stat -c %s "$KEPT")" -gt 1000000 ] || fail "a damaged file stays"
head -c 4000000 /dev/urandom > "$KEPT"
found garbage
chmod 666 "$KEPT" && head -c 4000000 /dev/urandom > "$KEPT"
found writable-by-others
[ "$(stat -c %a "$KEPT")" = 600 ] || fail "a file that others may write stays"
rm -r cache
for number in 1 2 3 4 5 6; do
  # shellcheck disable=SC2086
  "$MLOPSCTL" infer --model nanodet $PICTURES -o many$number.jsonl --no-timing -q --engine onnxruntime &
done
wait
for number in 1 2 3 4 5 6; do
  cmp many$number.jsonl without.jsonl || fail "process $number of six"
done
[ "$(find cache -type f | wc -l)" = 1 ] || fail "six processes leave $(find cache -type f)"
rm -r cache && mkdir cache && : > cache/onnxruntime
found no-folder
# Other weights in a file of the same name are another graph.
rm -r cache
found again
printf '\1' | dd of=nanodet/nanodet_m.onnx bs=1 seek=2000000 conv=notrunc status=none
# shellcheck disable=SC2086
run 0 infer --model nanodet $PICTURES -o other.jsonl --engine onnxruntime
[ "$(find cache -name '*.ort' | wc -l)" = 2 ] || fail "kept: $(find cache -type f)"
