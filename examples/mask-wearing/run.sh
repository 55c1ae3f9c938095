#!/usr/bin/env bash
# From photos with Pascal VOC boxes to a classification set and a benchmark table: the steps of README.md beside this.
#   MLOPSCTL=/path/of/mlopsctl bash examples/mask-wearing/run.sh [DIR]     DIR must not be there yet (default: mask-wearing)
set -eu
model=$(cd "$(dirname "$0")/../shapes/model" && pwd)
MLOPSCTL=$(realpath "$(command -v "${MLOPSCTL:-mlopsctl}")") # also where it was named from here
dir=${1:-mask-wearing}
[ ! -e "$dir" ] || { echo "$dir is there already; give another folder" >&2; exit 2; }
mkdir -p "$dir"
cd "$dir"

step() { printf '\n== %s\n' "$*"; }
mlopsctl() {
  printf '$ mlopsctl %s\n' "$*"
  "$MLOPSCTL" "$@"
}

step "Data: photos in images/, one VOC file for each in annotations/ (made here, so that nothing is downloaded)"
for seed in $(seq -w 1 80); do
  "$MLOPSCTL" capture "pattern:shapes?seed=$seed&size=320x240&seconds=1" -o "made/$seed" --at-most 1 --name "photo$seed-{index}.jpg" -q
done
"$MLOPSCTL" manifest join made/*/labels.manifest -o made.manifest
"$MLOPSCTL" manifest convert made.manifest annotations --to voc
mkdir images
mv made/*/*.jpg images/
rm -r made made.manifest

step "1. Are the labels right, and what is in them?"
mlopsctl manifest validate annotations --images images
mlopsctl manifest stats annotations
mlopsctl manifest preview annotations --images images -o photos.html

step "2. Split the photos, 60/20/20: objects of one photo never come to both sides"
mlopsctl manifest split annotations --images images -o sets --ratio train=0.6,validation=0.2,test=0.2 --stratify
mlopsctl manifest leakage sets --images images --gate 'same_bytes<=0' --gate 'same_groups<=0'

step "3. Cut every object out, into <split>/<class>/"
mlopsctl manifest join sets/train.manifest sets/validation.manifest sets/test.manifest -o photos.manifest
mlopsctl manifest crop photos.manifest --images images -o objects --by-split --margin 0.1 --size 64x64
for split in train validation test; do
  for class in "objects/$split"/*/; do
    printf '%6d  %s\n' "$(find "$class" -name '*.png' | wc -l)" "$class"
  done
done
mlopsctl manifest preview objects/labels.manifest -o objects.png --show 60 --cell 80

step "4. Three sets of rising size, each part of the next, and a row for each that no later run overwrites"
mlopsctl bench run --model "$model" --data annotations --images images --sizes 20,40,80 --table bench.db --tag first \
  --gate 'map_50>=0.9'
mlopsctl bench run --model "$model" --data annotations --images images --sizes 20,40,80 --table bench.db --tag second
mlopsctl bench show --table bench.db
