#!/usr/bin/env bash
# capture_memory.sh [SECONDS]: a day (86,400 s) of 30 small frames a second: the most memory that capture ever had, beside the most it
# had had when a tenth was done. Fails if it grew by more than 2 MiB. Once with every frame kept, once with all rules.
set -eu
seconds=${1:-86400}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages time
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
frames=$((seconds * 30))
grows=0
watch_capture() { # NAME OPTIONS...
  local name=$1 pid tenth last begun
  shift
  begun=$(date +%s)
  /usr/bin/time -f %M -o "$work/peak" "$mlopsctl" capture "pattern:shapes?size=32x32&fps=30&seconds=$seconds" -o "$work/out" -q "$@" &
  pid=$!
  while [ "$(cat "$work/out/frames.jsonl" 2>/dev/null | wc -l)" -lt $((frames / 10)) ]; do sleep 0.2; done
  tenth=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$(pgrep -P $pid)/status")
  wait $pid
  last=$(cat "$work/peak")
  [ "$(wc -l <"$work/out/frames.jsonl")" -eq "$frames" ] || { echo "$name: a line a frame was expected"; exit 1; }
  echo "$name: $frames frames in $(($(date +%s) - begun)) s, $(grep -c '"kept":true' "$work/out/frames.jsonl") kept, peak $((tenth / 1024)) MiB at a tenth, $((last / 1024)) MiB at the end ($((last - tenth)) KiB more)"
  [ $((last - tenth)) -le 2048 ] || grows=1
  rm -rf "$work/out"
}
watch_capture "every frame"
watch_capture "all rules" --keep sharp,distinct,still
exit $grows
