# package push and package image -o docker://..., against Debian's registry: plain, with a login, with TLS, behind a proxy that wants
# tokens, cuts and throttles. What arrived is fetched by skopeo, unpacked by umoci and started.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
for tool in docker-registry skopeo umoci htpasswd python3 openssl; do
  command -v $tool > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$tool is not installed: tests/run.sh does that"
  echo "SKIPPED: needs $tool (apt-get install docker-registry skopeo umoci apache2-utils)"
  exit 77
done
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
registry() { # NAME LINES-UNDER-http [LINES]: starts it on $PORT
  PORT=$(free_port)
  printf 'version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: %s/%s}\n  delete: {enabled: true}\n%s\nhttp:\n  addr: 127.0.0.1:%s\n%s\n' \
    "$WORK" "$1" "${3:-}" "$PORT" "$2" > "$1.yml"
  start docker-registry serve "$1.yml" > "$1.log" 2>&1
  for _ in $(seq 100); do
    (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> "$ERR" && return
    sleep 0.1
  done
  cat "$1.log"
  fail "the registry does not start"
}
proxy() { # LOG MODES [LOGIN]: before $PLAIN; sets $PORT
  start python3 "$HERE/registry_proxy.py" "http://127.0.0.1:$PLAIN" "$@" > "$1.port"
  wait_for "$1.port"
  PORT=$(cat "$1.port")
}
fetched() { # NAME [SKOPEO FLAGS]: the same image by another program
  rm -rf fetched
  skopeo copy -q "${@:2}" "docker://$1" oci:fetched:x > "$OUT" 2> "$ERR" || fail "skopeo $1"
  [ "$(jq -r '.manifests[0].digest' fetched/index.json)" = "$DIGEST" ] || fail "$1 has another digest"
}

# A model with 40 MB of weights that do not compress, and a program that runs without anything else.
mkdir -p model bundle/bin
python3 "$HERE/../cli/package/make_onnx.py" model/model.onnx 1,3,64,64 1,6,84
head -c 40000000 /dev/urandom > model/more.bin
printf 'a\nb\n' > names
run 0 package describe model/model.onnx --labels names --licence MIT -o model/model.yaml -q
if command -v busybox > "$OUT"; then
  cp "$(command -v busybox)" bundle/bin/launch
  cp "$(command -v busybox)" bundle/bin/busybox
else
  { printf '\177ELF\002\001\001'; head -c 11 /dev/zero; printf '\076\000'; } > bundle/bin/launch
fi
chmod 755 bundle/bin/*
tar czf runtime.tar.gz -C bundle bin
run 0 package image model -o image.tar --runtime runtime.tar.gz --tag detector:3 --json
DIGEST=$(jq -r .manifest_digest "$OUT")

registry plain ''
PLAIN=$PORT
here=localhost:$PLAIN
run 0 package push image.tar "docker://$here/team/detector:3" --dry-run --json
json '[.schema, .dry_run, (.missing | length)]' '["mlopsctl.package.push/1",true,4]'
all=$(jq .sent_bytes "$OUT")
run 0 package push image.tar "docker://$here/team/detector:3" --json
json .digest "$DIGEST"
json '[.dry_run, .output]' "[false,\"docker://$here/team/detector:3\"]"
json .sent_bytes "$all"
fetched "$here/team/detector:3" --src-tls-verify=false
run 0 package push image.tar "docker://$here/team/detector:4" --json # the same blobs under another tag
json '[.sent_bytes, .missing]' '[0,[]]'
run 0 package push image.tar "docker://$here/other/detector" --mount-from team/detector --json
json .sent_bytes 0
fetched "$here/other/detector:latest" --src-tls-verify=false

# A label changes: kilobytes are sent, from the folder straight to the registry.
cp -r model changed
sed -i 's/\[a, b\]/[aa, b]/; s/^  - a$/  - aa/' changed/model.yaml
begin=$(date +%s%N)
run 0 package image changed -o "docker://$here/team/detector:5" --runtime runtime.tar.gz --json
ms=$((($(date +%s%N) - begin) / 1000000))
json '(.missing | length)' 2
sent=$(jq .sent_bytes "$OUT")
[ "$sent" -lt 8192 ] || fail "$sent bytes were sent after a change of labels"
echo "after a change of labels: $sent of $(jq .bytes "$OUT") bytes sent, $ms ms with making the image"

# It starts, from what the registry gave back.
umoci unpack --rootless --image fetched:x bundle.out > "$OUT" 2>&1 || fail "umoci unpack"
cmp bundle.out/rootfs/opt/model/more.bin model/more.bin || fail "the weights changed on the way"
if [ "$(id -u)" -eq 0 ] && command -v busybox > "$OUT"; then
  chroot bundle.out/rootfs /opt/mlopsctl/bin/busybox ls /opt/model > "$OUT" 2> "$ERR" || fail "it does not start"
  out_has more.bin
fi

# A login, and a registry with TLS.
htpasswd -Bbn user CANARYpassword > htpasswd 2> "$ERR"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2> "$ERR" || fail "no certificate"
registry tls "  tls: {certificate: $WORK/cert.pem, key: $WORK/key.pem}" "auth: {htpasswd: {realm: basic realm, path: $WORK/htpasswd}}"
tls=localhost:$PORT
run 1 package push image.tar "docker://$tls/a:1"
err_has "SSL peer certificate"
export SSL_CERT_FILE=$WORK/cert.pem
run 1 package push image.tar "docker://$tls/a:1"
err_has "the registry asks for a login, and none is known; log in first"
mkdir .docker
echo '{"auths":{},"credsStore":"desktop"}' > .docker/config.json
run 1 package push image.tar "docker://$tls/a:1"
err_has "its login is kept by the program docker-credential-desktop, which is not run here"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$tls" "$(printf user:WRONGpassword | base64)" > .docker/config.json
run 1 package push image.tar "docker://$tls/a:1"
err_has "HTTP 401"
printf '{"auths":{"https://%s/":{"auth":"%s"}}}' "$tls" "$(printf user:CANARYpassword | base64)" > .docker/config.json
run 0 package push image.tar "docker://$tls/a:1" -v
! grep -qe CANARY -e "$(printf user:CANARYpassword | base64)" "$OUT" "$ERR" || fail "the password was printed"
unset SSL_CERT_FILE
fetched "$tls/a:1" --src-tls-verify=false --src-creds user:CANARYpassword

# Tokens that end, cuts, answers that are lost, throttling, Locations of every kind: what arrives is whole.
for modes in token cut lost busy,relative relative,cut,token elsewhere,token; do
  proxy "$modes.log" "$modes" user:CANARYpassword
  name=localhost:$PORT/b/$(echo "$modes" | tr , -)
  printf '{"auths":{"localhost:%s":{"auth":"%s"}}}' "$PORT" "$(printf user:CANARYpassword | base64)" > .docker/config.json
  run 0 package push image.tar "docker://$name:1" -v
  fetched "localhost:$PLAIN/${name#*/}:1" --src-tls-verify=false
done
for modes in cut lost; do # this registry drops an upload that was cut; tests/unit/net has one that goes on
  grep -q '^PATCH .* cut$' $modes.log || fail "nothing was cut"
  grep -q '^GET /v2/b/.*/blobs/uploads/' $modes.log || fail "nobody asked where to go on"
done
grep -q ' 429' busy,relative.log || fail "nothing was throttled"
[ "$(grep -c '^GET /token' token.log)" -gt 1 ] || fail "no token ended"
grep -q '^PATCH .* 202$' elsewhere,token.log || fail "nothing was sent to the other name"
! grep -q '^P[AU]T[CH]* /v2/b/.*/blobs/.* auth$' elsewhere,token.log || fail "the token went to another host"

for modes in denied readonly page; do
  proxy "$modes.log" "$modes"
  run 1 package push image.tar "docker://localhost:$PORT/c:1"
  cp "$ERR" "$modes.err"
done
grep -qF "HTTP 403 DENIED: requested access is denied; this login may not push to c" denied.err || fail "$(cat denied.err)"
grep -qF "a registry that is read-only, or a mirror, takes no images" readonly.err || fail "$(cat readonly.err)"
grep -qF "HTTP 502" page.err || fail "$(cat page.err)"
