# shellcheck shell=bash disable=SC2034 # variables are for the scripts that source this
# Sourced after ../cli/lib.sh: a strict S3 server (Ceph) with the bucket "bucket", or SKIPPED. Ends with the script.
#   proxy LOG FAULTS [PORT]   from here on every request goes through s3_proxy.py; PROXY is its pid
#   direct                    and from here on straight to the server again
#   make_bucket NAME [HEADER:VALUE]
#   had LOG PATTERN           fails unless a line of LOG matches
no_cloud
export AWS_ACCESS_KEY_ID=tester AWS_REGION=us-east-1
RGW=$HERE/../../scripts/rgw.sh
AWS_SECRET_ACCESS_KEY=$(bash "$RGW" secret)
export AWS_SECRET_ACCESS_KEY
trap 'bash "$RGW" stop "$WORK/ceph"; sleep 1; tidy_up' EXIT
SERVER=$(bash "$RGW" start "$WORK/ceph" 2> "$ERR")
rc=$?
[ $rc -ne 77 ] || [ "${CI:-}" = true ] || { cat "$ERR"; exit 77; }
[ $rc -eq 0 ] || fail "no server"
export AWS_ENDPOINT_URL_S3=$SERVER
proxy() {
  : > "$1"
  : > "$1.port"
  start python3 "$HERE/s3_proxy.py" "$SERVER" "$@" > "$1.port"
  PROXY=$!
  wait_for "$1.port"
  AWS_ENDPOINT_URL_S3=http://127.0.0.1:$(cat "$1.port")
}
direct() { AWS_ENDPOINT_URL_S3=$SERVER; }
make_bucket() {
  local path=/$1
  shift
  python3 "$HERE/s3_request.py" "$SERVER" PUT "$path" "$@" > "$OUT" 2> "$ERR" || fail "no bucket"
}
had() { grep -q -- "$2" "$1" || fail "$1 lacks: $2"; }
make_bucket bucket
