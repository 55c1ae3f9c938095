#!/usr/bin/env bash
# A detector that others send their pictures to: the steps of README.md beside this, on one machine.
#   MLOPSCTL=/path/of/mlopsctl bash examples/detection-service/run.sh [DIR]     DIR must not be there yet
# Needs curl and jq.
set -eu
model=$(cd "$(dirname "$0")/../shapes/model" && pwd)
MLOPSCTL=$(realpath "$(command -v "${MLOPSCTL:-mlopsctl}")") # also where it was named from here
dir=${1:-detection-service}
[ ! -e "$dir" ] || { echo "$dir is there already; give another folder" >&2; exit 2; }
mkdir -p "$dir"
cd "$dir"
service=""
trap '[ -z "$service" ] || kill $service' EXIT

step() { printf '\n== %s\n' "$*"; }
mlopsctl() {
  printf '$ mlopsctl %s\n' "$*"
  "$MLOPSCTL" "$@"
}
# start FLAGS...: a service on a port that is free; its address is $url
start() {
  echo "\$ mlopsctl serve http $*"
  rm -f serve.log
  "$MLOPSCTL" serve http "$@" --listen 127.0.0.1:0 > serve.log 2>&1 &
  service=$!
  until grep -qs '^ready' serve.log; do
    kill -0 "$service" || { cat serve.log; exit 1; }
    sleep 0.1
  done
  url=$(sed -n 's/^listening on //p' serve.log)
}
stop() {
  kill "$service"
  wait "$service"
  service=""
}

step "Data: 60 pictures with boxes (made here, so that nothing is downloaded)"
mlopsctl capture "pattern:shapes?seed=4&size=640x480&seconds=20" -o pictures --every 10 -q

step "1. A service whose replies are the ones that clients know: fractions as y, x, y, x, and the time as a text"
start --model "$model" --layout bounding-boxes
curl -s --data-binary @pictures/frame000000.jpg "$url/predict"
echo

step "2. What a request costs, and where: the uploader's way, one picture after the other in base64, then its bytes as they are, then four clients"
mlopsctl bench load "$url/predict" --data pictures/labels.manifest --encoding base64 --duration 3s --tag base64 -q > /dev/null
mlopsctl bench load "$url/predict" --data pictures/labels.manifest --encoding raw --duration 3s --tag bytes -q > /dev/null
mlopsctl bench load "$url/predict" --data pictures/labels.manifest --encoding raw --concurrency 4 --duration 3s --tag four-clients -q > /dev/null
"$MLOPSCTL" bench show --json | jq -r '
  def ms: . * 100 | round / 100;
  (["", "images/s", "p50 ms", "p99 ms", "upload ms", "inference ms", "around it, p50 ms"] | @tsv),
  (.rows | sort_by(.time)[] | [.tag, (.images_per_s | round), (.p50_ms | ms), (.p99_ms | ms), (.upload_ms * 1000 | round / 1000), (.infer_ms | ms), (.overhead_p50_ms | ms)] | @tsv)' |
  awk -F '\t' '{ printf "%-14s %9s %9s %9s %11s %14s %19s\n", $1, $2, $3, $4, $5, $6, $7 }'
stop

step "3. More clients than it can serve: the queue is bounded, who is too many is told so at once, and nobody is forgotten"
start --model "$model" --queue 2
"$MLOPSCTL" bench load "$url/predict" --data pictures/labels.manifest --concurrency 16 --duration 2s --tag crowd --json -q |
  jq -r '.rows[0] | "\(.requests) requests: \(.status_200) answered, \(.status_429) told to come back later, \(.requests - .status_200 - .status_429) anything else"'
curl -s "$url/metrics" | grep -E '^mlopsctl_requests_total.*predict'
stop

step "4. Does it pay to send pictures away? The same model here and behind the service, rows of one table; a service hides what has little score"
start --model "$model"
mlopsctl bench run --model "$model" --data pictures/labels.manifest --tag local -q > /dev/null
mlopsctl bench run --model "$url/predict" --data pictures/labels.manifest --tag service -q > /dev/null
stop
"$MLOPSCTL" bench show --json | jq -r '.rows[] | select(.tag == "local" or .tag == "service") | "\(.tag): \(.p50_ms * 100 | round / 100) ms a picture, map_50 \(.map_50 * 1000 | round / 1000)"' | sort

step "5. The image for any machine with containers, made without Docker"
# OpenCV's engine, so that nothing is downloaded; with ONNX Runtime on this machine leave the two flags out.
mlopsctl package runtime -o runtime.tar.gz --with-opencv --without-onnxruntime -q
mlopsctl package image "$model" -o service.tar --runtime runtime.tar.gz --tag detector:1
