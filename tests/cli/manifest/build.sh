# manifest build: images by content, references, samples.
. "$(dirname "$0")/../lib.sh"
# The smallest picture there is to write by hand: a PNG header of 3 x 2 pixels and its chunks.
png() { base64 -d <<'EOF'
iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEUlEQVR4nGPgEpGBIwZkDgANfAD5c/VZUQAAAABJRU5ErkJggg==
EOF
}
mkdir -p in/sub out
for name in 'in/a (1).png' in/sub/b.png in/c.png; do png > "$name"; done
echo text > in/notes.txt
run 0 manifest build in -o out/x.manifest --json
json '[.schema,.images_read,.images_written]' '["mlopsctl.manifest.build/1",3,3]'
[ "$(jq -r '."source-ref"' out/x.manifest | tr '\n' '|')" = '../in/a (1).png|../in/c.png|../in/sub/b.png|' ] || fail "references: $(cat out/x.manifest)"
run 0 manifest build in -o - --uri-prefix s3://bucket/p --include '[bc].png'
[ "$(cat "$OUT")" = '{"source-ref":"s3://bucket/p/c.png"}
{"source-ref":"s3://bucket/p/sub/b.png"}' ] || fail "prefix"
run 0 manifest build in -o one.manifest --sample 1 --seed 3
run 0 manifest build in -o again.manifest --sample 1 --seed 3
cmp one.manifest again.manifest || fail "the same seed chose others"
[ "$(wc -l < one.manifest)" -eq 1 ] || fail "--sample"
mkdir large
png > large/x.png
truncate -s 40000001 large/x.png
run 0 manifest build large -o large.manifest
err_has "large/x.png: 40000001 bytes; Ground Truth takes at most 40000000"
[ "$(wc -l < large.manifest)" -eq 1 ] || fail "a warning left an image out"
echo text > in/d.jpg
run 1 manifest build in -o bad.manifest
err_has "in/d.jpg: "
err_has "[not-an-image]"
[ ! -e bad.manifest ] || fail "written in spite of a text named .jpg"
run 0 manifest build in -o bad.manifest --discard-bad
[ "$(wc -l < bad.manifest)" -eq 3 ] || fail "--discard-bad"
run 1 manifest build in -o x.manifest --include '*.webp'
err_has "in: no images that match '*.webp'"
run 1 manifest build nowhere -o x.manifest
err_has "nowhere: no such folder"
run 1 manifest build in/c.png -o x.manifest
err_has "in/c.png: is a file, a folder was expected"
run 2 manifest build in -o bad.manifest --sample 0
err_has "--sample: 0 is not a count > 0"
run 2 manifest build in -o bad.manifest --discard-bad
err_has "bad.manifest: already exists"
run 2 manifest build in
err_has "--output is missing"
# sizes: an image contradicts its label
printf '{"source-ref":"c.png","bb":{"image_size":[{"width":4,"height":2,"depth":3}],"annotations":[]},"bb-metadata":{"class-map":{},"objects":[],"type":"groundtruth/object-detection"}}\n' > size.manifest
run 3 manifest validate size.manifest --images in
err_has "size.manifest:1: 'c.png' is 3x2, the labels say 4x2 [image-size-mismatch]"
run 1 manifest convert size.manifest x.json --images in
err_has "image-size-mismatch"

# folders that lie in each other: each file once; two pictures of one name below one prefix: refused
mkdir -p twice/a twice/b
png > twice/a/x.png && png > twice/b/x.png
run 0 manifest build twice twice/a twice/ -o once.manifest
[ "$(jq -r '."source-ref"' once.manifest | tr '\n' ' ')" = 'twice/a/x.png twice/b/x.png ' ] || fail "listed twice: $(cat once.manifest)"
run 1 manifest build twice/a twice/b -o same.manifest --uri-prefix s3://b/p
err_has "twice/b/x.png: would get the same reference below --uri-prefix as twice/a/x.png"
[ ! -e same.manifest ] || fail "two pictures got one reference"
