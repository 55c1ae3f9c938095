#!/usr/bin/env bash
# inference.sh [RUNS]: ResNet34 (torchvision's shapes, made-up weights) on 2 threads, at batch 1 and 32, ours with ONNX Runtime beside
# Debian's PyTorch, one after the other in each run; our own share of a picture's time; a new process to its first prediction.
# Prints medians, ms a picture. Not a test.
set -eu
runs=${1:-3}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3-torch python3-torchvision jq
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
MLOPSCTL_ONNXRUNTIME=$(bash "$ROOT/scripts/onnxruntime.sh")
export MLOPSCTL_ONNXRUNTIME
work=$(mktemp -d)
export MLOPSCTL_CACHE=$work/cache
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir model
/usr/bin/python3 "$ROOT/bench/self/resnet34.py" make model
"$mlopsctl" capture 'pattern:shapes?seed=1&size=640x480&fps=16&seconds=6' -o frames -q
for frame in frames/*.jpg; do
  printf '{"source-ref":"%s","c":0,"c-metadata":{"class-name":"class0","confidence":1,"type":"groundtruth/image-classification","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j"}}\n' "$frame"
done >truth.manifest
ours() { # NAME OPTIONS...
  local name=$1
  shift
  "$mlopsctl" bench run --model model --data truth.manifest --images . --threads 2 --engine onnxruntime --table t.db --json -q "$@" 2>/dev/null |
    jq -r --arg name "$name" '.rows[0] | "\($name) \(.infer_ms) \(100 * (.preprocess_ms + .postprocess_ms) / (.infer_ms + .decode_ms + .preprocess_ms + .postprocess_ms)) \(.cold_start_ms // 0)"' >>all
}
for run in $(seq "$runs"); do
  ours ours-1 --cold-start
  echo "torch-1 $(/usr/bin/python3 "$ROOT/bench/self/resnet34.py" time model 1 2) 0 0" >>all
  MLOPSCTL_CACHE=off ours ours-new --cold-start
  ours ours-32 --scenario offline --batch 32
  echo "torch-32 $(/usr/bin/python3 "$ROOT/bench/self/resnet34.py" time model 32 2) 0 0" >>all
  echo "run $run of $runs done, load $(cut -d' ' -f1 /proc/loadavg)"
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' all | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
for name in ours-1 torch-1 ours-32 torch-32; do
  echo "  $name $(median $name 2) ms a picture"
done
awk -v a="$(median ours-1 2)" -v b="$(median torch-1 2)" -v c="$(median ours-32 2)" -v d="$(median torch-32 2)" \
  'BEGIN { printf "of the time of PyTorch: batch 1 %.2f, batch 32 %.2f\n", a / b, c / d }'
echo "our own share (not engine, not JPEG): $(median ours-1 3) %"
echo "a new process to its first prediction: $(median ours-1 4) ms ($(du -m model/resnet34.onnx | cut -f1) MB model); \
$(median ours-new 4) ms where nothing was kept of the graph"
