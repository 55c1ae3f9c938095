# An HTTPS request from a runtime bundle in an empty root: the certificate is checked against the bundle's own CA file, and a
# bundle without one sends nothing.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
[ "$(id -u)" = 0 ] || { echo "SKIPPED: needs root, for chroot"; exit 77; }
[ -e /usr/share/doc/libc6/copyright ] || { echo "SKIPPED: needs /usr/share/doc"; exit 77; }
export AWS_ACCESS_KEY_ID=AKIDCANARY AWS_SECRET_ACCESS_KEY=CANARYsecret
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 2> "$ERR" || fail "no certificate"
start python3 "$HERE/tls_server.py" tls.log empty cert.pem key.pem > port
wait_for port
run 0 package runtime --with-opencv --without-onnxruntime -o runtime.tar.gz
mkdir root
tar xzf runtime.tar.gz -C root
ask() { # the server answers every GET with nothing: no model, but a request that came
  AWS_REGION=eu-west-1 chroot root /bin/launch serve http --model s3://bucket/m.tar.gz --listen 127.0.0.1:0 \
    --endpoint-url "https://127.0.0.1:$(cat port)" > "$OUT" 2> "$ERR" && fail "there is no model to serve"
}
ask
err_has "SSL peer certificate"
[ ! -s tls.log ] || fail "a request was sent to a server that nobody vouches for"
cat cert.pem >> root/etc/ssl/certs/ca-certificates.crt
ask
[ -s tls.log ] || fail "no request came although the certificate is known"
: > tls.log
rm root/etc/ssl/certs/ca-certificates.crt
ask
[ ! -s tls.log ] || fail "a request was sent without any CA certificates"
err_has "CA"
