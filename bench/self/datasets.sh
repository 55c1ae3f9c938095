#!/usr/bin/env bash
# datasets.sh [RUNS]: an augmented manifest of 1,000,000 lines to COCO, and a COCO file of train2017's size to YOLO, ours beside the
# python3 scripts that people write, one after the other in each run. Prints medians: seconds on the clock, of the processor, peak
# memory, and how many times as fast. 10,000,000 lines through filter and relabel with MLOPSCTL_BENCH_LONG=1. Not a test.
set -eu
runs=${1:-3}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3 time
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
self=$ROOT/bench/self
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$self/make_manifest.sh" 1000000 >"$work/lines.manifest"
sh "$self/make_coco.sh" 118000 860000 >"$work/coco.json"
echo "manifest $(du -m "$work/lines.manifest" | cut -f1) MB, COCO $(du -m "$work/coco.json" | cut -f1) MB, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
count=0
measure() { # NAME COMMAND...: OUT in it is an output that is not there yet: replacing one, and making files just after others were
  # removed, costs ext4 seconds that are nobody's fault
  local name=$1
  shift
  count=$((count + 1))
  set -- "${@//OUT/$work/out$count}"
  sync
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >/dev/null
  read -r wall user system memory <"$work/time"
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }') $memory" >>"$work/all"
}
for run in $(seq "$runs"); do
  measure manifest "$mlopsctl" manifest convert "$work/lines.manifest" OUT.json -q
  measure manifest-json.dump python3 "$self/manifest_to_coco.py" "$work/lines.manifest" OUT.json dump
  measure manifest "$mlopsctl" manifest convert "$work/lines.manifest" OUT.json -q
  measure manifest-json.dumps python3 "$self/manifest_to_coco.py" "$work/lines.manifest" OUT.json dumps
  measure yolo "$mlopsctl" manifest convert "$work/coco.json" OUT --to yolo -q
  measure yolo-python python3 "$self/coco_to_yolo.py" "$work/coco.json" OUT
  measure rows "$mlopsctl" manifest convert "$work/coco.json" - --to csv -q
  measure rows-python python3 "$self/coco_to_yolo.py" "$work/coco.json" ""
  rm -f "$work"/out*.json
  echo "run $run of $runs done, load $(cut -d' ' -f1 /proc/loadavg)"
done
for jobs in 1 2 8; do
  "$mlopsctl" manifest convert "$work/lines.manifest" - --to coco --jobs $jobs -q | sha256sum
  "$mlopsctl" manifest convert "$work/coco.json" - --to csv --jobs $jobs -q | sha256sum
done | sort | uniq -c | awk '$1 != 3 { bad = 1 } END { print bad ? "--jobs CHANGES THE OUTPUT" : "the same bytes for --jobs 1, 2, 8" }'
if [ "${MLOPSCTL_BENCH_LONG:-}" = 1 ]; then
  sh "$self/make_manifest.sh" 10000000 >"$work/long.manifest"
  measure filter-10M "$mlopsctl" manifest filter "$work/long.manifest" -o OUT.manifest --where "class != 'class 3' and area > 2000" -q
  measure relabel-10M "$mlopsctl" manifest relabel "$work/long.manifest" -o OUT.manifest --map 'class 1=first,class 2=second' -q
fi
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' "$work/all" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
echo "medians (clock s, processor s, peak KiB):"
for name in $(awk '{ print $1 }' "$work/all" | awk '!seen[$0]++'); do
  echo "  $name $(median "$name" 2) $(median "$name" 3) $(median "$name" 4)"
done
ratio() { awk -v a="$(median "$2" 2)" -v b="$(median "$1" 2)" -v n="$3" 'BEGIN { printf "%s: %.1fx\n", n, a / b }'; }
ratio manifest manifest-json.dump "1,000,000 lines to COCO, against json.dump"
ratio manifest manifest-json.dumps "1,000,000 lines to COCO, against json.dumps"
ratio yolo yolo-python "COCO of train2017's size to YOLO files"
ratio rows rows-python "the same, parsed and converted alone"
