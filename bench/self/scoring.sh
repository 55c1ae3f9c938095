#!/usr/bin/env bash
# scoring.sh [RUNS]: `bench score` over 5,000 images, 37,000 objects and 500,000 detections (80 classes), the whole process, with
# two threads; beside pycocotools in the same run where python3-pycocotools or a `pycocotools` module is there, whose twelve numbers
# must be equal to 1e-9. Prints each run and the medians: seconds on the clock, of the processor, and the largest resident memory.
# Not a test.
set -eu
runs=${1:-5}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3 time
cmake --preset release -S "$ROOT" >/dev/null
(cd "$ROOT" && cmake --build --preset release --target mlopsctl >/dev/null)
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$ROOT/bench/self/make_detections.py" "$work"
echo "results.json $(du -m "$work/results.json" | cut -f1) MB, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
measure() { # NAME COMMAND...
  local name=$1
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >"$work/$name.out"
  read -r wall user system memory <"$work/time"
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }') $((memory / 1024))" >>"$work/all"
  echo "$name: $wall s, processor $user + $system s, $((memory / 1024)) MB"
}
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' "$work/all" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
score=("$mlopsctl" bench score --truth "$work/instances.json" --predictions "$work/results.json" --jobs 2)
for _ in $(seq "$runs"); do
  measure table "${score[@]}"
  measure json "${score[@]}" --json
  measure explain "${score[@]}" --explain-protocols
done
echo "medians (clock s, processor s, MB):"
for name in table json explain; do
  echo "  $name $(median "$name" 2) $(median "$name" 3) $(median "$name" 4)"
done
