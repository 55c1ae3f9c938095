# What 'template render instance' installs, started as the unit says: a real runtime, the model of examples/shapes, TLS and a
# token; as a user without privileges, who may not make a written page executable, and with no system call that the unit forbids.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
for tool in openssl curl python3 strace systemd-analyze dpkg-query; do
  command -v $tool > /dev/null || { echo "SKIPPED: needs $tool"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: needs root, to become somebody else"; exit 77; }
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
run 0 package runtime --with-opencv --without-onnxruntime -o runtime.tar.gz
run 0 package model "$MODEL" -o model.tar.gz
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
cat > deploy.yaml << YAML
schema: mlopsctl.deploy/1
name: shapes
region: eu-west-1
model: {url: s3://models/model.tar.gz, digest: "sha256:$(sha256sum model.tar.gz | cut -c-64)"}
instance: {port: $PORT, hosts: [detect.example], runtime: {url: s3://code/runtime.tar.gz, digest: "sha256:$(sha256sum runtime.tar.gz | cut -c-64)"}}
YAML
run 0 template render instance -o out
DESTDIR=$WORK/root sh out/install.sh runtime.tar.gz model.tar.gz || fail "install.sh"

# Credentials as systemd hands them over.
mkdir credentials
openssl req -x509 -newkey rsa:2048 -nodes -keyout credentials/tls-key -out credentials/tls-certificate -days 2 -subj /CN=detect.example \
  -addext subjectAltName=DNS:detect.example 2> "$ERR" || fail "openssl"
head -c 24 /dev/urandom | base64 > credentials/token
chown -R nobody credentials
chmod 700 credentials
chmod 600 credentials/*
chmod 755 "$WORK"
# hardened COMMAND...: with a memory-deny-write-execute that is inherited (prctl(2), PR_SET_MDWE), no privileges, no environment
cat > hardened.py << 'PYTHON'
import ctypes, os, pwd, sys
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(65, 1, 0, 0, 0) != 0:
    sys.exit("no PR_SET_MDWE: " + os.strerror(ctypes.get_errno()))
nobody = pwd.getpwnam("nobody")
os.setgroups([])
os.setgid(nobody.pw_gid)
os.setuid(nobody.pw_uid)
libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
kept = {name: os.environ[name] for name in ("CREDENTIALS_DIRECTORY", "MLOPSCTL_ONNXRUNTIME") if name in os.environ}
os.execve(sys.argv[1], sys.argv[1:], kept | {"PATH": "/usr/bin:/bin"})
PYTHON
hardened() { python3 hardened.py "$@"; }
hardened /bin/true 2> "$ERR" || { echo "SKIPPED: $(cat "$ERR")"; exit 77; }

# The command of the unit, below the folder that it was installed to.
export CREDENTIALS_DIRECTORY=$WORK/credentials
COMMAND=$(sed -n 's/^ExecStart=//p' out/shapes.service | sed "s#\"/opt/#\"$WORK/root/opt/#g; s#0\.0\.0\.0:#127.0.0.1:#")
eval "set -- $COMMAND"
start strace -f -qq -o calls python3 hardened.py "$@" > served 2> log
for _ in $(seq 200); do grep -q '^ready' served && break; sleep 0.1; done
grep -q '^ready' served || fail "not ready: $(cat served log)"
run 0 capture 'pattern:shapes?seed=3&size=320x240&fps=1&seconds=1' -o frames
ask() { # TOKEN
  curl -sS --cacert credentials/tls-certificate --resolve "detect.example:$PORT:127.0.0.1" -H "Authorization: Bearer $1" -w '\n%{http_code}\n' \
    --data-binary @"$(echo frames/*.jpg)" "https://detect.example:$PORT/predict" > "$OUT" 2> "$ERR" || fail "curl"
}
ask "$(cat credentials/token)"
[ "$(tail -n 1 "$OUT")" = 200 ] || fail "no answer"
head -n 1 "$OUT" | jq -e '.detections | length > 0' > /dev/null || fail "nothing was detected"
ask wrong-token-of-nobody
[ "$(tail -n 1 "$OUT")" = 401 ] || fail "anybody is answered"

# Nothing that it asked of the kernel is forbidden by the unit.
python3 - calls << 'PYTHON' || fail "the unit forbids what the service needs"
import re, subprocess, sys
groups, group = {}, None
for line in subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout.splitlines():
    word = line.strip()
    if line.startswith("@"):
        group = groups.setdefault(word, [])
    elif word and not word.startswith("#") and group is not None:
        group.append(word)
def calls_of(name):
    return set().union(*(calls_of(w) if w.startswith("@") else {w} for w in groups.get(name, [])))
allowed = calls_of("@system-service") - calls_of("@privileged")
lines = open(sys.argv[1]).read()
lines = lines[lines.index("mlopsctl-runtime"):] if "mlopsctl-runtime" in lines else lines[lines.rindex("execve("):]
seen = set(re.findall(r"^\d+ +([a-z_0-9]+)\(", lines, re.M))
families = set(re.findall(r"socket\((AF_[A-Z0-9]+)", lines))
print(len(seen), "calls;", "forbidden:", sorted(seen - allowed), "families:", sorted(families))
sys.exit(bool(seen - allowed) or not families <= {"AF_INET", "AF_INET6"} or len(seen) < 20)
PYTHON

# ONNX Runtime, too, makes no code.
if [ -n "${MLOPSCTL_TEST_ONNXRUNTIME:-}" ] && [ -r "$MLOPSCTL_TEST_ONNXRUNTIME" ]; then
  cp "$MLOPSCTL_TEST_ONNXRUNTIME" onnxruntime.so && chmod 755 onnxruntime.so
  cp -r "$MODEL" model && chmod -R a+rX model frames && mkdir -m 777 results
  cp "$MLOPSCTL" mlopsctl && chmod 755 mlopsctl
  MLOPSCTL_ONNXRUNTIME=$WORK/onnxruntime.so hardened "$WORK/mlopsctl" infer --engine onnxruntime --model "$WORK/model" "$WORK/frames" \
    -o "$WORK/results/r.jsonl" > "$OUT" 2> "$ERR" || fail "ONNX Runtime under the unit's rules"
  jq -es 'map(.detections | length) | add > 0' results/r.jsonl > /dev/null || fail "ONNX Runtime sees nothing"
fi
