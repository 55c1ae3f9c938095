#!/usr/bin/env bash
# capture.sh [RUNS]: frames of 60 s of H.264 at 1920x1080 and 30 frames a second as JPEGs of quality 95: every tenth one, and one a
# group of pictures, ours beside a python3-opencv script and ffmpeg, one after the other in each run. Prints each run, the medians
# in seconds on the clock, and our peak memory. Not a test.
set -eu
runs=${1:-3}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages ffmpeg python3-opencv time
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Something moves everywhere, with the grain of a camera; groups of 250, B-frames and the rest as libx264 has them.
ffmpeg -v error -f lavfi -i 'testsrc2=size=1920x1080:rate=30:duration=60' -vf noise=alls=5:allf=t -c:v libx264 -preset veryfast -crf 26 \
  -pix_fmt yuv420p clip.mp4
echo "clip: $(du -m clip.mp4 | cut -f1) MB, $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg)"
measure() { # NAME COMMAND...
  local name=$1
  shift
  rm -rf out
  mkdir out
  /usr/bin/time -f '%e %U %S %M' -o spent "$@" >said 2>&1 || { cat said; exit 1; }
  read -r wall user system peak <spent
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }') $((peak / 1024))" >>all
  echo "$name: $wall s, processor $user + $system s, $((peak / 1024)) MB, $(find out -name '*.jpg' | wc -l) pictures"
}
for _ in $(seq "$runs"); do
  measure ours "$mlopsctl" capture clip.mp4 -o out/frames --every 10 -q
  measure opencv /usr/bin/python3 "$ROOT/bench/self/capture_opencv.py" clip.mp4 10 out
  measure ffmpeg ffmpeg -v error -i clip.mp4 -vf "select=not(mod(n\\,10))" -vsync 0 -q:v 2 out/%06d.jpg
  measure ffmpeg-null ffmpeg -v error -i clip.mp4 -f null -
  measure ours-group "$mlopsctl" capture clip.mp4 -o out/frames --every 250 -q
  measure opencv-group /usr/bin/python3 "$ROOT/bench/self/capture_opencv.py" clip.mp4 250 out
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' all | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
echo "medians of $runs (clock s, processor s):"
for name in ours opencv ffmpeg ffmpeg-null ours-group opencv-group; do
  echo "  $name $(median $name 2) $(median $name 3)"
done
awk -v o="$(median ours 2)" -v c="$(median opencv 2)" -v f="$(median ffmpeg 2)" -v n="$(median ffmpeg-null 2)" \
  -v g="$(median ours-group 2)" -v h="$(median opencv-group 2)" \
  'BEGIN { printf "as fast as: opencv %.2fx, ffmpeg -vf select %.2fx, ffmpeg -f null %.2fx; one a group: opencv %.1fx\n", c / o, f / o, n / o, h / g }'
echo "our peak memory: $(median ours 4) MB"
