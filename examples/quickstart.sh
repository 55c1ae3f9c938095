#!/usr/bin/env bash
# The whole life of a model in one go: video -> frames -> labels -> split -> package -> templates -> benchmark row.
#   bash examples/quickstart.sh                            on a generated video of moving shapes and the model in examples/shapes
#   bash examples/quickstart.sh --video FILE --model DIR   on your own video and ONNX model (DIR holds model.yaml and the weights;
#                                                          'mlopsctl package describe' drafts the model.yaml)
#   --out DIR      where the products go (default: build/quickstart; it is replaced)
# Installs what is missing (Debian 12, root or sudo), builds, runs. MLOPSCTL=/path/of/mlopsctl runs that one instead.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
video=""
model=$root/examples/shapes/model
out=$root/build/quickstart
while [ $# -gt 0 ]; do
  case $1 in
    --video) video=$(realpath "${2:?--video needs a file}"); shift 2 ;;
    --model) model=$(realpath "${2:?--model needs a folder}"); shift 2 ;;
    --out) out=$(realpath -m "${2:?--out needs a folder}"); shift 2 ;;
    *) sed -n '2,7s/^# \?//p' "$0" >&2; exit 2 ;;
  esac
done

if [ -z "${MLOPSCTL:-}" ]; then
  . "$root/scripts/setup.sh"
  # shellcheck disable=SC2086 # a list of names
  need_packages $BUILD_PACKAGES
  build_preset release
  MLOPSCTL=$root/build/release/mlopsctl
fi
[ ! -e "$out" ] || [ -e "$out/.quickstart" ] || { echo "$out is not from an earlier run; give another --out" >&2; exit 2; }
rm -rf "$out"
mkdir -p "$out"
touch "$out/.quickstart"
cd "$out"

step() { printf '\n== %s\n' "$*"; }
# Runs a command and shows it as one would type it.
mlopsctl() {
  local word line='$ mlopsctl'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=,-]*) line="$line '$word'" ;;
      *) line="$line $word" ;;
    esac
  done
  printf '%s\n' "$line"
  "$MLOPSCTL" "$@"
}

step "1. Capture: frames worth labeling"
if [ -n "$video" ]; then
  mlopsctl capture "$video" -o frames --fps 2
  step "2. Labels: the model's own detections, marked machine-made"
  mlopsctl manifest build frames -o images.manifest
  mlopsctl infer --model "$model" images.manifest -o detections.jsonl
  mlopsctl manifest merge-detections detections.jsonl -o labels.manifest
else
  for seed in 1 2 3 4 5 6; do # six clips: a split keeps the frames of a clip together
    mlopsctl capture "pattern:shapes?seed=$seed" -o "frames/clip$seed" --fps 3
  done
  step "2. Labels: the generator knows where its shapes are; one manifest from six"
  mlopsctl manifest join frames/clip*/labels.manifest -o labels.manifest
fi
mlopsctl manifest validate labels.manifest
mlopsctl manifest stats labels.manifest

step "3. Split, and the other formats"
mlopsctl manifest split labels.manifest -o splits ${video:+--group-by time:2s}
mlopsctl manifest convert labels.manifest labels.coco.json --to coco
mlopsctl manifest convert labels.manifest yolo --to yolo

step "4. Package: the same bytes every time"
mlopsctl package model "$model" -o model.tar.gz
mlopsctl package verify model.tar.gz
mlopsctl package inspect model.tar.gz
digest=sha256:$(sha256sum model.tar.gz | cut -d' ' -f1)

step "5. Templates: what the cloud and the devices need"
"$MLOPSCTL" template init -o template.yaml
sed "s|sha256:0\{64\}|$digest|" template.yaml > deploy.yaml
mlopsctl template render cloud-function -f deploy.yaml -o cloud
mlopsctl template render edge-group -f deploy.yaml -o edge

step "6. Infer and measure: pictures with boxes, a row in the benchmark table"
test=splits/test.manifest
[ -s "$test" ] || test=labels.manifest # a very short video: too few groups for three splits
mlopsctl infer --model model.tar.gz "$test" -o test.jsonl --draw drawn
gate=(--gate 'map_50>=0.9') # on somebody's own video the labels are the model's own: nothing to prove
[ -z "$video" ] || gate=()
mlopsctl bench run --model model.tar.gz --data "$test" --table bench.db --tag quickstart "${gate[@]}"

step "Where everything is"
cat <<EOT
  frames, labels   $out/frames, $out/labels.manifest
  splits           $out/splits
  COCO, YOLO       $out/labels.coco.json, $out/yolo
  model package    $out/model.tar.gz ($digest)
  CloudFormation   $out/cloud
  Greengrass       $out/edge
  drawn pictures   $out/drawn
  benchmark table  $out/bench.db

EOT
mlopsctl bench show --table bench.db
