#!/usr/bin/env bash
# package.sh [RUNS [MB]]: a model's archive of 500 MB, 80 % of it float32, by 'package model', by GNU tar with gzip -6 and by GNU tar
# with pigz; one after the other in each run. Prints each run, the medians (seconds on the clock, and of the processor), sizes and our
# peak memory. Ours is a gzip of many members, which every gunzip reads: tar's result is compared file by file. Not a test.
set -eu
runs=${1:-5}
size_mb=${2:-500}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages pigz time python3-numpy
cmake --preset release -S "$ROOT" >/dev/null
(cd "$ROOT" && cmake --build --preset release --target mlopsctl >/dev/null)
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$ROOT/examples/shapes/model" "$work/model"
chmod -R u+w "$work/model"
# Weights as training leaves them, and the text beside them: the graph's names and shapes.
/usr/bin/python3 - "$work/model" "$size_mb" <<'PY'
import sys

import numpy as np

folder, size_mb = sys.argv[1], int(sys.argv[2])
random = np.random.RandomState(1)
with open(f"{folder}/weights.bin", "wb") as file:
    for _ in range(size_mb * 8 // 10):
        file.write(random.normal(0, 0.02, 250_000).astype(np.float32).tobytes())
words = ['{"op": "Convolution", "name": "stage%d_unit%d_conv%d", "attrs": {"num_filter": "%d"}},\n' % tuple(random.randint(0, 512, 4)) for _ in range(4000)]
with open(f"{folder}/graph.json", "w") as file:
    written = 0
    while written < size_mb * 200_000:
        written += file.write("".join(words[i] for i in random.randint(0, len(words), 10_000)))
PY
measure() { # NAME COMMAND...
  local name=$1
  shift
  rm -f "$work/$name.tar.gz"
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@"
  read -r wall user system peak <"$work/time"
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }') $peak" >>"$work/all"
  echo "$name: $wall s, processor $user + $system s, peak $peak kB"
}
cat "$work/model/"* >/dev/null # from the disk once
for run in $(seq "$runs"); do
  echo "run $run of $runs"
  measure mlopsctl "$mlopsctl" package model "$work/model" -o "$work/mlopsctl.tar.gz" -q
  measure gzip tar -C "$work/model" -I 'gzip -6' -cf "$work/gzip.tar.gz" .
  measure pigz tar -C "$work/model" -I 'pigz -6' -cf "$work/pigz.tar.gz" .
done
mkdir "$work/unpacked"
tar -xzf "$work/mlopsctl.tar.gz" -C "$work/unpacked"
for file in weights.bin graph.json shapes.onnx; do cmp "$work/model/$file" "$work/unpacked/$file"; done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' "$work/all" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
bytes() { stat -c %s "$work/$1.tar.gz"; }
echo "medians of $runs for $size_mb MB (clock s, processor s, peak kB), load $(cut -d' ' -f1 /proc/loadavg):"
for name in mlopsctl gzip pigz; do echo "  $name $(median $name 2) $(median $name 3) $(median $name 4), $(bytes $name) bytes"; done
awk -v o="$(median mlopsctl 2)" -v g="$(median gzip 2)" -v p="$(median pigz 2)" -v ob="$(bytes mlopsctl)" -v gb="$(bytes gzip)" -v m="$(median mlopsctl 4)" \
  'BEGIN { printf "as fast as tar and gzip -6: %.1fx, as tar and pigz: %.1fx; of gzip'\''s size: %.2f %%; peak %.1f MB\n", g / o, p / o, 100 * ob / gb, m / 1024 }'
