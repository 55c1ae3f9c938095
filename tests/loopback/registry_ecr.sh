# package push to ECR: the login is a token that its API gives for keys of AWS. Debian's registry with TLS stands for it, under its name.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
no_cloud
for tool in docker-registry htpasswd python3 openssl; do
  command -v $tool > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$tool is not installed: tests/run.sh does that"
  echo "SKIPPED: needs $tool (apt-get install docker-registry apache2-utils)"
  exit 77
done
HOST=123456789012.dkr.ecr.eu-west-1.amazonaws.com
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=ecr -addext "subjectAltName=DNS:$HOST" 2> /dev/null
htpasswd -bnB AWS CANARYpassword > users
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s/data}}\nauth: {htpasswd: {realm: ecr, path: %s/users}}\nhttp:\n  addr: 127.0.0.1:%s\n  tls: {certificate: %s/tls.crt, key: %s/tls.key}\n' \
  "$WORK" "$WORK" "$PORT" "$WORK" "$WORK" > registry.yml
start docker-registry serve registry.yml > registry.log 2>&1
for _ in $(seq 100); do (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> "$ERR" && break; sleep 0.1; done
front() { # LOG TOKEN
  start python3 "$HERE/ecr_front.py" "$PORT" "$1" "$2" > "$1.port"
  wait_for "$1.port"
  AWS_ENDPOINT_URL_ECR=http://127.0.0.1:$(cat "$1.port")
  export AWS_ENDPOINT_URL_ECR https_proxy=$AWS_ENDPOINT_URL_ECR
}
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=CANARYsecret AWS_CA_BUNDLE=$PWD/tls.crt
tiny_model det "$DET" detection fastestdet red
run 0 package image det -o image.tar --entrypoint /bin/x --json
DIGEST=$(jq -r .manifest_digest "$OUT")

front good.log "$(printf 'AWS:CANARYpassword' | base64 -w0)"
run 0 package push image.tar "docker://$HOST/team/det:1" --json -v
json .digest "$DIGEST"
! grep -q CANARY "$OUT" "$ERR" || fail "a secret is shown"
jq -sc 'map(select(.target)) | unique' good.log > "$OUT"
json '.[0] | [.target, .scope[1:], .body]' '["AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",["eu-west-1","ecr"],"{}"]'
jq -sc 'map(.connect // empty) | unique' good.log > "$OUT"
json . "[\"$HOST:443\"]"
got=$(curl -s --cacert tls.crt --resolve "$HOST:$PORT:127.0.0.1" -u AWS:CANARYpassword "https://$HOST:$PORT/v2/team/det/manifests/1" -H 'Accept: application/vnd.oci.image.manifest.v1+json' --noproxy '*' | sha256sum | cut -d' ' -f1)
[ "sha256:$got" = "$DIGEST" ] || fail "the registry has another manifest"

# A token that the registry does not take, an API that gives none, another region, no keys.
front bad.log "$(printf 'AWS:other' | base64 -w0)"
run 1 package push image.tar "docker://$HOST/team/det:2"
err_has "$HOST"
front none.log ""
run 1 package push image.tar "docker://$HOST/team/det:2"
err_has "GetAuthorizationToken gave no token"
run 2 package push image.tar "docker://$HOST/team/det:2" --region us-east-1
err_has "is not the registry's, which is eu-west-1"
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
run 1 package push image.tar "docker://$HOST/team/det:2"
err_has "credentials"
