# Signatures: what is signed is verified by us and by openssl; another key, another file, another list, and no signature exit with 3.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null && chmod 600 key.pem
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
openssl ecparam -name prime256v1 -genkey -noout 2> /dev/null | openssl ec -pubout -out other.pub 2> /dev/null
tiny_model det "$DET" detection fastestdet red
run 0 package model det -o plain.tar.gz
run 0 package model det -o m.tar.gz --sign key.pem
cmp plain.tar.gz m.tar.gz || fail "the signature changes the archive"
run 0 package verify m.tar.gz --verify-key key.pub --json
json '[.ok, .signed]' '[true,true]'
run 0 package verify m.tar.gz --json
json .signed null
run 0 package verify m.tar.gz --verify-key key.pub
out_has ", signed"

# The judge: what openssl says of the list.
jq -r '.digests | to_entries | sort_by(.key)[] | .key + " " + .value' m.tar.gz.sig > listing
jq -r .signature m.tar.gz.sig | base64 -d > signature.der
openssl dgst -sha256 -verify key.pub -signature signature.der listing > "$OUT" || fail "openssl does not take the signature"
[ "$(jq -r .key_id m.tar.gz.sig)" = "sha256:$(openssl pkey -pubin -in key.pub -outform DER | sha256sum | cut -d' ' -f1)" ] || fail "key_id"
# And we take one that openssl made.
openssl dgst -sha256 -sign key.pem -out theirs.der listing
jq --arg s "$(base64 -w0 theirs.der)" '.signature = $s' m.tar.gz.sig > theirs.sig
run 0 package verify m.tar.gz --verify-key key.pub --signature theirs.sig

bad() { # TEXT ARGS...: verify exits with 3 and says TEXT
  local text=$1
  shift
  run 3 package verify "$@"
  out_has "$text"
  run 3 package verify "$@" --json
  json '[.ok, .signed]' '[false,false]'
}
bad "has not signed it; it names the key sha256:" m.tar.gz --verify-key other.pub
bad "there is no signature" plain.tar.gz --verify-key key.pub
sed 's/"m.onnx": "sha256:./"m.onnx": "sha256:x/' m.tar.gz.sig > changed.sig
bad "the signature is not of this list of digests" m.tar.gz --verify-key key.pub --signature changed.sig
bad "m.onnx" m.tar.gz --verify-key key.pub --signature changed.sig
jq '.digests["more"] = "sha256:0"' m.tar.gz.sig > more.sig
bad "was signed, and is not there" m.tar.gz --verify-key key.pub --signature more.sig
echo more > det/README
run 0 package model det -o grown.tar.gz
bad "is not in what was signed" grown.tar.gz --verify-key key.pub --signature m.tar.gz.sig

# A folder, an image in both forms, a runtime; the image's signature holds after it was taken apart and written anew.
mkdir unpacked && tar xzf m.tar.gz -C unpacked
run 0 package verify unpacked/ --verify-key key.pub --signature m.tar.gz.sig
run 0 package image m.tar.gz -o image.tar --sign key.pem --entrypoint /bin/x
run 0 package verify image.tar --verify-key key.pub
run 0 package image m.tar.gz -o layout --sign key.pem --entrypoint /bin/x
run 0 package verify layout --verify-key key.pub --json
json .signed true
run 0 package verify layout --verify-key key.pub --signature image.tar.sig
bad "has not signed it" image.tar --verify-key other.pub
run 0 package image m.tar.gz -o other.tar --entrypoint /bin/y
bad "signed was sha256:" other.tar --verify-key key.pub --signature image.tar.sig

# Keys and outputs that are none; nothing is written, and no old signature replaced.
openssl genrsa -out rsa.pem 2048 2> /dev/null
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem 2> /dev/null
openssl ec -aes128 -passout pass:x -in key.pem -out locked.pem 2> /dev/null
for key in rsa.pem p384.pem; do
  run 1 package model det -o none.tar.gz --sign $key
  err_has "$key: is not a key on the curve P-256"
done
run 1 package model det -o none.tar.gz --sign locked.pem
err_has "locked.pem: is no private key in PEM, or has a passphrase"
run 1 package model det -o none.tar.gz --sign key.pub
err_has "key.pub: is no private key in PEM"
run 1 package model det -o none.tar.gz --sign missing.pem
run 1 package verify m.tar.gz --verify-key key.pem
err_has "key.pem: is no public key in PEM"
run 2 package model det -o - --sign key.pem
err_has "--sign: the signature stands beside a file"
run 2 package image m.tar.gz -o docker://127.0.0.1:1/a:b --sign key.pem --entrypoint /bin/x
err_has "--sign: the signature stands beside a file"
run 2 package verify m.tar.gz --signature m.tar.gz.sig
err_has "nobody can tell who made it without --verify-key"
: > none.tar.gz.sig
run 2 package model det -o none.tar.gz --sign key.pem
err_has "none.tar.gz.sig: already exists"
[ ! -e none.tar.gz ] || fail "an archive was written"

# Signatures that are none.
for text in '' '{}' '[]' '{"schema":"mlopsctl.signature/2"}' '{"schema":"mlopsctl.signature/1","algorithm":"none"}' \
  '{"schema":"mlopsctl.signature/1","algorithm":"ecdsa-p256-sha256","key_id":"k","signature":"AA==","digests":{"a\nb":"c"}}' \
  '{"schema":"mlopsctl.signature/1","algorithm":"ecdsa-p256-sha256","key_id":"k","signature":"!","digests":{}}'; do
  echo "$text" > bad.sig
  run 1 package verify m.tar.gz --verify-key key.pub --signature bad.sig
  err_has "bad.sig:"
done
