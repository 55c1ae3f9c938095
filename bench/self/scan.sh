#!/usr/bin/env bash
# scan.sh [RUNS]: sharpness and hashes of 2,000 JPEGs of 1280x720, ours (exact, and from a quarter of the size) beside a
# python3-opencv script, one after the other in each run; then clusters of 1,000,000 fingerprints. Prints each run and the
# medians: seconds on the clock, and of the processor (which other work on the machine disturbs less). Not a test.
set -eu
runs=${1:-3}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3-opencv python3-numpy time
cmake --preset release -S "$ROOT" -DMLOPSCTL_BENCH_SELF=ON >/dev/null
(cd "$ROOT" && cmake --build --preset release --target bench_scan >/dev/null)
bench=$ROOT/build/release/bench_scan
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jobs=$(nproc)
"$bench" make "$work/pictures" 2000 "$jobs"
echo "2000 pictures, $(du -sm "$work/pictures" | cut -f1) MB, $jobs cores, load $(cut -d' ' -f1 /proc/loadavg)"
measure() { # NAME COMMAND...
  local name=$1
  shift
  /usr/bin/time -f '%e %U %S' -o "$work/time" "$@" >"$work/said"
  read -r wall user system <"$work/time"
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }')" >>"$work/all"
  echo "$name: $wall s, processor $user + $system s ($(cat "$work/said"))"
}
for _ in $(seq "$runs"); do
  measure exact "$bench" pictures "$work/pictures" 1 "$jobs"
  measure quarter "$bench" pictures "$work/pictures" 4 "$jobs"
  measure python3-opencv /usr/bin/python3 "$ROOT/bench/self/scan_pictures.py" "$work/pictures"
  measure pairs-uniform "$bench" pairs 1000000 uniform "$jobs"
  measure pairs-clustered "$bench" pairs 1000000 clustered "$jobs"
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' "$work/all" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
echo "medians of $runs (clock s, processor s):"
for name in exact quarter python3-opencv pairs-uniform pairs-clustered; do
  echo "  $name $(median $name 2) $(median $name 3)"
done
python=$(median python3-opencv 2)
awk -v p="$python" -v e="$(median exact 2)" -v q="$(median quarter 2)" \
  'BEGIN { printf "as fast as python3-opencv: exact %.1fx, quarter %.1fx\n", p / e, p / q }'
