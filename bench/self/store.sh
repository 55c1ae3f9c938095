#!/usr/bin/env bash
# store.sh [RUNS]: 1,000 files of 40 kB to an S3 server (Ceph, in memory, on loopback), by ours, by Debian's awscli and, to know
# what the server can take, by wrk with signed URLs and 16 connections; one after the other in each run. Prints each run and the
# medians: seconds on the clock, and of the client's processor time. Not a test.
set -eu
runs=${1:-5}
# shellcheck source=scripts/setup.sh
. "$(dirname "$0")/../../scripts/setup.sh"
need_packages ceph-mon ceph-osd radosgw awscli wrk time
cmake --preset release -S "$ROOT" >/dev/null
(cd "$ROOT" && cmake --build --preset release --target mlopsctl >/dev/null)
mlopsctl=$ROOT/build/release/mlopsctl
rgw=$ROOT/scripts/rgw.sh
work=$(mktemp -d)
trap 'bash "$rgw" stop "$work/ceph"; sleep 1; rm -rf "$work"' EXIT
export HOME=$work AWS_ACCESS_KEY_ID=tester AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
AWS_SECRET_ACCESS_KEY=$(bash "$rgw" secret)
AWS_ENDPOINT_URL=$(bash "$rgw" start "$work/ceph")
export AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL
request="python3 $ROOT/tests/loopback/s3_request.py"
$request "$AWS_ENDPOINT_URL" PUT /bench
mkdir "$work/files"
for i in $(seq 1000); do head -c 40000 /dev/urandom >"$work/files/$i.jpg"; done
measure() { # NAME COMMAND...
  local name=$1
  shift
  /usr/bin/time -f '%e %U %S' -o "$work/time" "$@"
  read -r wall user system <"$work/time"
  echo "$name $wall $(echo "$user $system" | awk '{ print $1 + $2 }')" >>"$work/all"
  echo "$name: $wall s, processor $user + $system s"
}
"$mlopsctl" store cp "$work/files" s3://bench/first --recursive -q # the server makes its pools at the first write
for run in $(seq "$runs"); do
  measure mlopsctl "$mlopsctl" store cp "$work/files" "s3://bench/ours-$run" --recursive -q
  measure awscli /usr/bin/aws --endpoint-url "$AWS_ENDPOINT_URL" s3 cp --recursive --quiet "$work/files" "s3://bench/aws-$run"
  $request --presign "$AWS_ENDPOINT_URL" PUT "/bench/wrk-$run/" 8000 >"$work/paths"
  rate=$(wrk -t1 -c16 -d4s -s "$ROOT/bench/self/store_put.lua" "$AWS_ENDPOINT_URL" -- "$work/files/1.jpg" "$work/paths" |
    tee "$work/said" | awk '/Requests\/sec/ { print $2 }')
  ! grep Non-2xx "$work/said" || exit 1
  echo "wrk $(awk -v r="$rate" 'BEGIN { print 1000 / r }') 0" >>"$work/all"
  echo "wrk: $rate requests/s"
done
median() { # NAME COLUMN
  awk -v n="$1" -v c="$2" '$1 == n { print $c }' "$work/all" | sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
echo "medians of $runs for 1,000 files (clock s, processor s), load $(cut -d' ' -f1 /proc/loadavg):"
for name in mlopsctl awscli wrk; do echo "  $name $(median $name 2) $(median $name 3)"; done
awk -v o="$(median mlopsctl 2)" -v a="$(median awscli 2)" -v w="$(median wrk 2)" \
  'BEGIN { printf "as fast as awscli: %.1fx; of the rate of wrk: %.0f %%\n", a / o, 100 * w / o }'
