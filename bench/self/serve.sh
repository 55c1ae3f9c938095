#!/usr/bin/env bash
# serve.sh [RUNS] [SECONDS]: 'serve http' and 'bench load' beside a detection service and an uploader as people write them by hand
# (Flask, python3-opencv, requests): the same model, OpenCV's engine with one thread, base64, one client and four, one after the
# other in each run. Ours has an engine for each core, as it comes; the one by hand has one behind a lock, as people write it. Beside
# picture and model: what is neither decoding, the model nor (ours, with four clients) the queue. Prints medians and ratios. Not a test.
set -eu
runs=${1:-3}
seconds=${2:-5}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages python3-flask python3-requests python3-opencv jq curl
build_preset release
mlopsctl=$ROOT/build/release/mlopsctl
work=$(mktemp -d)
pids=""
tidy_up() {
  # shellcheck disable=SC2086 # a list of numbers
  kill $pids 2>/dev/null || true
  rm -rf "$work"
}
trap tidy_up EXIT
cd "$work"
"$mlopsctl" capture 'pattern:shapes?seed=1&size=640x480&fps=10&seconds=3' -o frames -q
/usr/bin/python3 "$ROOT/bench/self/flask_detector.py" serve "$ROOT/examples/shapes/model/shapes.onnx" 5001 2>/dev/null >&2 &
pids="$pids $!"
"$mlopsctl" serve http --model "$ROOT/examples/shapes/model" --engine opencv --listen 127.0.0.1:0 --threads 1 >serve.log &
pids="$pids $!"
until grep -q ready serve.log && curl -s -o /dev/null http://127.0.0.1:5001/; do sleep 0.2; done
url=$(sed -n 's/^listening on //p' serve.log)/predict
for run in $(seq "$runs"); do
  for clients in 1 4; do
    "$mlopsctl" bench load "$url" --data frames/labels.manifest --encoding base64 --duration "${seconds}s" --concurrency $clients --table t.db --json 2>/dev/null |
      jq -r --arg name "ours-$clients" '.rows[0] | "\($name) \(.images_per_s) \(.p50_ms) \(.infer_ms) \(.overhead_p50_ms)"' >>all
    /usr/bin/python3 "$ROOT/bench/self/flask_detector.py" upload http://127.0.0.1:5001/api/detect "$seconds" $clients frames/*.jpg |
      jq -r --arg name "flask-$clients" '"\($name) \(.images_per_s) \(.p50_ms) \(.infer_ms) \(.overhead_ms)"' >>all
  done
  echo "run $run of $runs done, load $(cut -d' ' -f1 /proc/loadavg)"
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' all | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
for clients in 1 4; do
  echo "$clients clients:"
  for name in ours flask; do
    printf '  %-6s %7.1f images/s, p50 %6.2f ms, engine %6.2f ms, beside picture and model %6.2f ms\n' "$name" \
      "$(median $name-$clients 2)" "$(median $name-$clients 3)" "$(median $name-$clients 4)" "$(median $name-$clients 5)"
  done
  awk -v a="$(median ours-$clients 2)" -v b="$(median flask-$clients 2)" -v c="$(median ours-$clients 5)" -v d="$(median flask-$clients 5)" \
    'BEGIN { printf "  %.1f times the images/s, %.1f times less beside them\n", a / b, d / c }'
done
