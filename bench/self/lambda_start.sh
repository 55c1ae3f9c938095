#!/usr/bin/env bash
# lambda_start.sh [RUNS] [MODEL...]: from the start of a function's process to its first reply, in the emulator: the zip of package
# lambda with ONNX Runtime, for examples/shapes and each MODEL (a folder), where nothing is kept of the graph (as on Lambda, where only
# /tmp can be written to, and is empty) and where MLOPSCTL_CACHE is in /tmp; beside the import of Debian's PyTorch alone. The files lie in
# the system's cache. Prints medians. Not a test.
set -eu
runs=${1:-5}
[ $# -eq 0 ] || shift
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3-torch jq
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
onnxruntime=$(bash "$ROOT/scripts/onnxruntime.sh")
models=("$ROOT/examples/shapes/model")
for model in "$@"; do models+=("$(realpath "$model")"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir licences # only their place: this bundle is given to nobody
echo "see the release" | tee licences/LICENSE >licences/ThirdPartyNotices.txt
"$mlopsctl" package runtime --onnxruntime "$onnxruntime" --onnxruntime-licences licences -o runtime.tar.gz -q
"$mlopsctl" capture 'pattern:shapes?seed=1&size=640x480&fps=1&seconds=1' -o frames -q
printf '{"image":"%s"}' "$(base64 -w0 frames/*.jpg)" >event.json
start() { # NAME ZIP
  "$mlopsctl" serve lambda --package "$2" --emulate event.json --json -q 2>/dev/null |
    jq -r --arg name "$1" '.events[0] | "\($name) \(.init_ms + .duration_ms) \(.init_ms) \(.max_memory_mb)"' >>all
}
for i in "${!models[@]}"; do
  "$mlopsctl" package model "${models[i]}" -o "$i.tar.gz" -q
  "$mlopsctl" package lambda "$i.tar.gz" --runtime runtime.tar.gz -o "$i.zip" -q
done
for run in $(seq "$runs"); do
  for i in "${!models[@]}"; do
    MLOPSCTL_CACHE=off start "$i-off" "$i.zip"
    MLOPSCTL_CACHE=/tmp/cache start "$i-cache" "$i.zip"
  done
  begun=$(date +%s%N)
  /usr/bin/python3 -c 'import torch'
  echo "torch $((($(date +%s%N) - begun) / 1000000)) 0 0" >>all
  echo "run $run of $runs done, load $(cut -d' ' -f1 /proc/loadavg)"
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' all | sort -g | awk '{ v[NR] = $1 } END { printf "%.0f", v[int((NR + 1) / 2)] }'
}
for i in "${!models[@]}"; do
  for cache in off cache; do
    echo "${models[i]##*/} (zip $(($(stat -c %s "$i.zip") / 1000000)) MB), MLOPSCTL_CACHE $cache: $(median "$i-$cache" 2) ms to the first reply," \
      "of them $(median "$i-$cache" 3) ms to be ready; $(median "$i-$cache" 4) MB"
  done
done
echo "import torch: $(median torch 2) ms"
