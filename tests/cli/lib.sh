# shellcheck shell=bash
# Functions for scripts that run the real binary. Each script starts in a fresh folder, which goes when it ends.
#   run RC ARGS...     runs mlopsctl; fails unless it exits with RC; stdout and stderr are kept in $OUT and $ERR
#   out_has TEXT, err_has TEXT, out_lacks TEXT    plain text, not patterns
#   json EXPR VALUE    jq EXPR over $OUT equals VALUE
#   out_is FILE        $OUT equals FILE beside the script; UPDATE_GOLDEN=1 writes it
#   golden FILE NAME   FILE equals NAME beside the script; UPDATE_GOLDEN=1 writes it
#   model_yaml NAME WEIGHTS TASK INPUT DECODER LABELS    writes NAME/model.yaml
#   no_cloud           takes what the machine knows of a cloud or of proxies out of the environment
#   start COMMAND...   runs it in the background until the script ends
#   wait_for FILE [LINES]    until something, or so many lines, are written to it
#   start_dynalite     a DynamoDB for tests; skips by name where it was not fetched; sets $DYNAMO_PORT
#   dynamo OPERATION BODY    asks it, and prints its reply
#   need_onnxruntime   skips by name where ONNX Runtime was not fetched; sets $ONNXRUNTIME
#   need_shared PATH   skips by name where ../shared/PATH is absent; sets $SHARED
set -u
: "${MLOPSCTL:?path of the binary}"
HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
WORK=$(mktemp -d)
STARTED=""
tidy_up() {
  local pid
  for pid in $STARTED; do kill "$pid" 2>/dev/null; done
  chmod -R u+w "$WORK" 2>/dev/null
  rm -rf "$WORK"
}
trap tidy_up EXIT
cd "$WORK" || exit 1
OUT=$WORK/.out
ERR=$WORK/.err
unset MLOPSCTL_ONNXRUNTIME # what the machine has must not decide which engine a test runs
export HOME=$WORK XDG_CONFIG_HOME=$WORK/.config LC_ALL=C.UTF-8

fail() {
  printf 'FAILED: %s\n--- stdout (first lines)\n' "$*"
  head -n 20 "$OUT" 2>/dev/null
  printf -- '--- stderr (first lines)\n'
  head -n 20 "$ERR" 2>/dev/null
  exit 1
}
run() {
  local want=$1 got=0
  shift
  "$MLOPSCTL" "$@" >"$OUT" 2>"$ERR" </dev/null || got=$?
  [ "$got" -eq "$want" ] || fail "exit $got, expected $want: mlopsctl $*"
}
out_has() { grep -qF -- "$1" "$OUT" || fail "stdout lacks: $1"; }
out_lacks() { ! grep -qF -- "$1" "$OUT" || fail "stdout has: $1"; }
err_has() { grep -qF -- "$1" "$ERR" || fail "stderr lacks: $1"; }
json() {
  local got
  got=$(jq -rc "$1" "$OUT") || fail "not JSON: $1"
  [ "$got" = "$2" ] || fail "$1 is '$got', expected '$2'"
}
golden() {
  [ -z "${UPDATE_GOLDEN:-}" ] || { mkdir -p "$(dirname "$HERE/$2")" && cp "$1" "$HERE/$2"; }
  diff -u "$HERE/$2" "$1" || fail "$1 differs from $2"
}
out_is() { golden "$OUT" "$1"; }
model_yaml() {
  cat > "$1/model.yaml" << YAML
schema: mlopsctl.model/1
name: $1
version: "3"
task: $3
weights: $2
format: onnx
input: {$4}
decoder: {kind: $5}
labels: [$6]
licence: see the page of the weights
YAML
}
no_cloud() {
  local name
  for name in $(env | grep -o '^AWS_[A-Z0-9_]*'); do unset "$name"; done
  unset http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY all_proxy SSL_CERT_FILE
  export AWS_EC2_METADATA_DISABLED=true
}
start() {
  "$@" &
  STARTED="$STARTED $!"
}
wait_for() {
  for _ in $(seq 600); do
    [ -s "$1" ] && [ "$(wc -l < "$1")" -ge "${2:-0}" ] && return
    sleep 0.05
  done
  fail "$1 has less than ${2:-1} lines after 30 s"
}
start_dynalite() {
  local server=${MLOPSCTL_TEST_DYNALITE:-}
  if [ ! -f "$server" ]; then
    [ "${CI:-}" != true ] || fail "MLOPSCTL_TEST_DYNALITE is not set: tests/run.sh fetches the server"
    echo "SKIPPED: needs dynalite: export MLOPSCTL_TEST_DYNALITE=\$(bash scripts/dynalite.sh)"
    exit 77
  fi
  # To dynalite port 0 is its usual one, which another test may have.
  DYNAMO_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  start node "$server" --port "$DYNAMO_PORT" --host 127.0.0.1 --createTableMs 0 > dynalite.out 2>&1
  wait_for dynalite.out
}
dynamo() { # its signature is only looked for
  curl -s "http://127.0.0.1:$DYNAMO_PORT" -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: DynamoDB_20120810.$1" \
    -H 'X-Amz-Date: x' -H 'Authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c' -d "$2"
}
# ONNX Runtime's library, which tests/run.sh fetches; sets $ONNXRUNTIME.
need_onnxruntime() {
  ONNXRUNTIME=${MLOPSCTL_TEST_ONNXRUNTIME:-}
  [ -z "$ONNXRUNTIME" ] || return 0
  [ "${CI:-}" != true ] || fail "MLOPSCTL_TEST_ONNXRUNTIME is not set: tests/run.sh fetches the library"
  echo "SKIPPED: needs ONNX Runtime (MLOPSCTL_TEST_ONNXRUNTIME=\$(bash scripts/onnxruntime.sh))"
  exit 77
}
need_shared() {
  SHARED=${MLOPSCTL_SHARED:-}
  [ -n "$SHARED" ] && [ -e "$SHARED/$1" ] && return
  echo "SKIPPED: needs ../shared/$1, which is not here"
  exit 77
}
