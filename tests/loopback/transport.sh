# TLS with and without a certificate that is known, redirects, replies that are too large or cut, proxies of the environment.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
export AWS_ACCESS_KEY_ID=AKIDCANARY AWS_SECRET_ACCESS_KEY=CANARYsecret
serve() { # LOG MODE [CERT KEY]: sets $PORT
  start python3 "$HERE/tls_server.py" "$@" > "$1.port"
  wait_for "$1.port"
  PORT=$(cat "$1.port")
}
show() { run "$1" bench show --table dynamodb://benchmark --region eu-west-1 --endpoint-url "$2"; }

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2> "$ERR" || fail "no certificate"
serve tls.log empty cert.pem key.pem
show 1 "https://localhost:$PORT"
err_has "https://localhost:$PORT: SSL peer certificate"
[ ! -s tls.log ] || fail "a request was sent to a server that nobody vouches for"
export AWS_CA_BUNDLE=$WORK/cert.pem
show 0 "https://localhost:$PORT"
grep -q 'POST /' tls.log || fail "no request came"
show 1 "https://127.0.0.1:$PORT" # another name than the certificate's
export AWS_CA_BUNDLE=$WORK/missing.pem
show 1 "https://localhost:$PORT"
err_has "AWS_CA_BUNDLE or SSL_CERT_FILE names a PEM file"
unset AWS_CA_BUNDLE
mkdir .aws
printf '[default]\nca_bundle = %s\n' "$WORK/cert.pem" > .aws/config
show 0 "https://localhost:$PORT"
rm -r .aws

serve redirect.log redirect
show 1 "http://127.0.0.1:$PORT"
err_has "HTTP 307"
! grep -q elsewhere redirect.log || fail "a redirect was followed"

for mode in large endless; do # said beforehand, or not
  serve $mode.log $mode
  (ulimit -v 1000000; show 1 "http://127.0.0.1:$PORT") || exit 1
  err_has "the reply is larger than 16.0 MiB"
done

# A proxy gets nothing that is meant for this machine.
serve plain.log empty
http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 show 0 "http://127.0.0.1:$PORT"
# ... and everything that is not.
serve proxy.log empty
http_proxy=http://127.0.0.1:$PORT run 0 bench show --table dynamodb://benchmark --region eu-west-1 \
  --endpoint-url http://db.example:8000 --plain-http
grep -q 'POST http://db.example:8000/' proxy.log || fail "the proxy was not used"
no_proxy=db.invalid http_proxy=http://127.0.0.1:$PORT run 1 bench show --table dynamodb://benchmark --region eu-west-1 \
  --endpoint-url http://db.invalid:8000 --plain-http
err_has "http://db.invalid:8000: "

serve truncated.log truncated
show 1 "http://127.0.0.1:$PORT" # after several attempts
[ "$(wc -l < truncated.log)" = 10 ] || fail "a cut reply was not asked for ten times"
! grep -q CANARY "$OUT" "$ERR" || fail "a secret was printed"

# Keys from a container's endpoint, asked for with its token.
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
serve keys.log empty
AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:$PORT/keys run 1 bench show --table dynamodb://benchmark \
  --region eu-west-1 --endpoint-url "http://127.0.0.1:$PORT"
err_has "AWS_CONTAINER_CREDENTIALS_FULL_URI: the reply with the keys is not JSON"
grep -q 'GET /keys' keys.log || fail "the container was not asked"
echo ok
