# Images that other tools made, through package inspect and verify: umoci (layers added, files removed), buildah (both media types), skopeo
# (docker save's tar); and what the same tools damage. What we write is held against the schemas of the OCI documents.
. "$(dirname "$0")/../cli/lib.sh"
no_cloud
for tool in umoci skopeo buildah; do
  command -v $tool > "$OUT" && continue
  [ "${CI:-}" != true ] || fail "$tool is not installed: tests/run.sh does that"
  echo "SKIPPED: needs $tool (apt-get install umoci skopeo buildah)"
  exit 77
done
[ "$(id -u)" = 0 ] || { echo "SKIPPED: buildah needs root, or a machine that is set up for it"; exit 77; }
quiet() { "$@" > "$WORK/said" 2>&1 || fail "$1: $(tail -3 "$WORK/said")"; }
builder() { quiet buildah --root "$WORK/root" --runroot "$WORK/run" --storage-driver vfs "$@"; }
good() { # PATH IMAGES LAYERS
  run 0 package verify "$1" --json
  json .ok true
  json '[.findings[] | select(.severity == "error")]' '[]'
  run 0 package inspect "$1" --json
  json '.images | length' "$2"
  json '.images[0].layers | length' "$3"
}

# umoci: an image from nothing, two layers, the second removes a file of the first.
mkdir files
echo text > files/kept
echo text > files/gone
ln -s kept files/link
quiet umoci init --layout umoci
quiet umoci new --image umoci:new
quiet umoci insert --rootless --image umoci:new files /data
quiet umoci config --image umoci:new --config.cmd /bin/program --config.env A=1
quiet umoci unpack --rootless --image umoci:new box
rm box/rootfs/data/gone
quiet umoci repack --image umoci:new box
good umoci 1 2

# buildah: OCI and Docker's media types, as a layout and as a tar of docker save.
builder from --name it scratch
builder copy it files /data
builder config --cmd /bin/program it
builder commit -q it oci:buildah:one
builder commit -q --format docker it docker-archive:buildah.tar:x/y:1
good buildah 1 1
good buildah.tar 1 1

# skopeo: the same image by every way.
quiet skopeo copy oci:umoci:new docker-archive:saved.tar:x/y:2
good saved.tar 1 2
quiet skopeo copy oci:buildah:one oci-archive:archive.tar:z
good archive.tar 1 1
run 0 package verify buildah --for lambda

# One byte of a layer, or of what the layer says about itself.
layer=$(jq -r '.manifests[0].digest[7:]' buildah/index.json)
layer=$(jq -r '.layers[0].digest[7:]' "buildah/blobs/sha256/$layer")
cp -r buildah damaged
printf X | dd of="damaged/blobs/sha256/$layer" bs=1 seek=40 conv=notrunc status=none
run 3 package verify damaged
out_has "$layer"
head -c 2000 buildah.tar > cut.tar
run 3 package verify cut.tar
