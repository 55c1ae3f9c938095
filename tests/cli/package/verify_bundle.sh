# Runtime bundles in each of their archives are held against their bill of materials, and archives against Lambda's limits.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
[ -e /usr/share/doc/libc6/copyright ] || { echo "SKIPPED: needs /usr/share/doc"; exit 77; }
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null && chmod 600 key.pem
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
tiny_model det "$DET" detection fastestdet red
run 0 package runtime --with-opencv --without-onnxruntime -o runtime.tar.gz --sign key.pem
run 0 package model det -o det.tar.gz
run 0 package lambda det.tar.gz --runtime runtime.tar.gz -o f.zip --sign key.pem
run 0 package component det.tar.gz --runtime runtime.tar.gz -o c.zip --sign key.pem
for archive in runtime.tar.gz f.zip c.zip; do
  run 0 package verify $archive --verify-key key.pub --json
  json '[.ok, .signed, (.findings | length)]' '[true,true,0]' # its own programs are no findings
done
run 0 package verify f.zip --for lambda
run 3 package verify c.zip --for lambda
out_has "has no program 'bootstrap' at its top"
run 3 package verify runtime.tar.gz --for lambda
out_has "is no zip; 'mlopsctl package lambda' makes one"
run 0 package inspect f.zip --json
json '.targets | map([.target, .limit_bytes, .fits]) | tostring' '[["lambda-zip",262144000,true],["lambda-upload",50000000,true]]'
json '.problems | length' 0
run 0 package inspect f.zip
out_has "a runtime bundle, with its bill of materials in sbom.json"
out_has "lambda-zip: fits, "
run 0 package inspect det.tar.gz --json
json '.targets | map(.target) | tostring' '["lambda-zip"]'

# What was changed afterwards.
mkdir opened && unzip -q f.zip -d opened
again() { (cd opened && rm -f ../again.zip && zip -1qr ../again.zip .); }
echo more >> opened/lib/libz.so.1
printf '#!/bin/sh\n' > opened/added.sh
rm opened/lib/libm.so.6
again
run 3 package verify again.zip
out_has "a script that sbom.json does not name"
out_has "lib/libz.so.1"
out_has "is in sbom.json and not in the archive"
run 3 package verify again.zip --verify-key key.pub --signature f.zip.sig --json
json .signed false
run 0 package inspect again.zip
out_has "warning: added.sh: a script that sbom.json does not name"
# A file that only arguments are in is no program, but nobody signed it.
rm -r opened && mkdir opened && unzip -q f.zip -d opened
echo --help >> opened/bootstrap.args
again
run 0 package verify again.zip
run 3 package verify again.zip --verify-key key.pub --signature f.zip.sig
out_has "bootstrap.args"
# Too much for Lambda.
head -c 262144001 /dev/zero > opened/large
again
run 3 package verify again.zip --for lambda --max-ratio 1000
out_has "unpacks to"
