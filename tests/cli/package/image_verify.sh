# package inspect and verify of container images: good ones of every kind, and one with each fault.
. "$(dirname "$0")/../lib.sh"
image() { rm -rf "$1"; python3 "$HERE/make_image.py" "$1" "$1" || fail "make_image.py $1"; }
bad() { # FAULT RULE TEXT
  image "$1"
  run 3 package verify "$1" --json
  json .ok false
  jq -e --arg rule "$2" --arg text "$3" 'any(.findings[]; .severity == "error" and .rule == $rule and (.place + ": " + .text | contains($text)))' "$OUT" > "$ERR" || fail "no $2 of $1"
}
fine() { # FAULT [RULE TEXT of its one warning]
  image "$1"
  run 0 package verify "$1" --json
  json .ok true
  json '[.findings[].rule]' "[${2:+\"$2\"}]"
  [ -z "${3:-}" ] || out_has "$3"
}

fine good
run 0 package verify good
out_has "good: good, 1 layer, image sha256:"
run 0 package inspect good
out_has "linux/amd64"
out_has "starts: /a, arguments: none, user: root"
out_has "lambda-image: fits"
run 0 package inspect good --json
json '[.schema, .kind, (.images | length), .images[0].layers[0].members]' '["mlopsctl.package.inspect/1","oci-layout",1,2]'
json '[.images[0].targets[] | .target + " " + (.fits | tostring)]' '["lambda-image true","lambda-zip true"]'
json '.images[0].layers[0] | .digest == .diff_id' false
tar cf good.tar -C good .
run 0 package verify good.tar --for lambda --json
json '[.ok, .kind]' '[true,"oci-archive"]'
image docker-good
run 0 package verify docker-good --json
json '[.kind, .images[0].layers[0].diff_id != "", .images[0].reference]' '["docker-archive",true,"x:1"]'

for name in whiteout-good hard-good dot-slash empty-layer replaced-link attestation; do fine $name; done
fine inside-link layer-link "is below 'lib', a link of this layer to 'usr'"
fine hard-missing layer-link "which is not before it in this layer"
fine device layer-device "is a device, pipe or socket"
fine pickle pickle "a pickle runs code when Python loads it"
fine no-history history "has not one entry of history for each layer"

bad absolute layer-path "/etc/passwd: is an absolute name"
bad dotdot layer-path "has '..' in its name"
bad through-link layer-link "is below 'out', a link of this layer to '/etc': who unpacks it carelessly writes outside"
bad through-climb layer-link "is below 'a/out', a link of this layer to '../../etc'"
bad hard-out layer-link "is a hard link to '../../etc/shadow', outside of the image"
bad whiteout layer-whiteout "deletes a file without a name"
bad diff-id diff-id "layer 1: unpacks to sha256:"
bad layers diff-id "names 2 layers, the manifest 1"
bad layer-bytes image-digest "layer 1: its bytes have sha256:"
bad config-bytes image-digest "its bytes have sha256:"
bad size image-blob "its manifest says"
bad missing image-blob "is missing"
bad version image-layout "does not say imageLayoutVersion 1.0.0"
image docker-outside
run 3 package verify docker-outside --json
out_has "bbb/layer.tar"

# What Lambda would refuse is an error for who means the image for it.
for row in "windows|is for windows/amd64" "zstd-type|layer.v1.tar+zstd' is not taken" "mixed|media types of Docker and of OCI are mixed" \
  "index|an index of several platforms is not taken" "no-history|history has not one entry for each layer"; do
  image "${row%%|*}"
  run 0 package verify "${row%%|*}"
  run 3 package verify "${row%%|*}" --for lambda
  out_has "${row##*|}"
done

bad bad-json image-layout "bad-json: index.json:1"
image large-json
run 1 package inspect large-json
err_has "is over the limit of 4.0 MiB; raise it with --limit image-json-bytes=N"
image layout
run 3 package verify layout # not an image then: a folder without model.yaml
run 3 package verify good --max-members 1
out_has "raise --max-members"
mkdir folder
run 3 package verify folder --for lambda
out_has "is no zip; 'mlopsctl package lambda' makes one"
run 2 package push good docker://host
run 2 package push good host/a
err_has "'host/a' is no registry; write it as docker://HOST/REPOSITORY:TAG"
run 2 package push good docker://host/A
err_has "'A' is no name of a repository"
run 1 package push not/here docker://localhost:1/a
err_has "not/here: is no container image"
run 1 package push size docker://localhost:1/a
err_has "nothing was sent"
run 1 package push docker-good docker://localhost:1/a
err_has "skopeo copy docker-archive:docker-good oci:layout:tag"
run 1 package push good docker://localhost:1/a
err_has "https://localhost:1: "
run 2 package push good docker://localhost:1/a --reference x
err_has "there is no 'x' in good"
run 2 package image good -o x.tar --dry-run
err_has "--dry-run and --mount-from are for registries"
run 1 package verify missing.tar --for lambda
err_has "missing.tar: no such file or folder"
