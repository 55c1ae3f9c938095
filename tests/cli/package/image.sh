# package image: the same bytes always, layers that change apart, and every refusal.
. "$(dirname "$0")/../lib.sh"
sha() { sha256sum "$@" | cut -d' ' -f1; }
mkdir model bundle bundle/bin bundle/lib
python3 "$HERE/make_onnx.py" model/model.onnx 1,3,64,64 1,6,84
head -c 1500000 /dev/zero > model/large.bin
printf 'a\nb\n' > names
run 0 package describe model/model.onnx --labels names --licence MIT -o model/model.yaml -q
{ printf '\177ELF\002\001\001'; head -c 11 /dev/zero; printf '\076\000'; } > bundle/bin/launch # x86-64
chmod 755 bundle/bin/launch
echo library > bundle/lib/libx.so
echo '{"components":[{"type":"library","name":"libx"}]}' > bundle/sbom.json
tar czf runtime.tar.gz -C bundle bin lib sbom.json

run 0 package image model -o one.tar --runtime runtime.tar.gz --json
json .schema mlopsctl.package.image/1
json .digest "sha256:$(sha one.tar)"
json .bytes "$(stat -c %s one.tar)"
json '[.items[].name]' '["runtime","weights","model"]'
json .reference model:1
json .platform linux/amd64
json .runtime_digest "sha256:$(sha runtime.tar.gz)"
first=$(jq -r .manifest_digest "$OUT")

# Other times, modes, order on the disk, threads and umask: the same bytes, as a tar and as a folder.
mkdir other
for name in model.yaml model.onnx large.bin; do cp "model/$name" other/; done
touch -d 2001-01-01 other/*
chmod 600 other/*.bin
(umask 077; run 0 package image other -o two.tar --runtime runtime.tar.gz --jobs 7) || exit 1
cmp one.tar two.tar || fail "two builds differ"
"$MLOPSCTL" package image model -o - --runtime runtime.tar.gz | cmp - one.tar || fail "-o - differs"
run 0 package image model -o layout --runtime runtime.tar.gz --json
json .manifest_digest "$first"
json .digest "$first"
mkdir from_tar
tar xf one.tar -C from_tar
diff -r from_tar/blobs layout/blobs || fail "the layout has other blobs"
cmp from_tar/index.json layout/index.json || fail "the layout has another index"
run 0 package model model -o model.tar.gz
run 0 package image model.tar.gz -o packed.tar --runtime runtime.tar.gz
cmp one.tar packed.tar || fail "from the archive it is another image"

# Digests and diff_ids, by other programs.
cd layout/blobs/sha256 || fail "no blobs"
for blob in *; do [ "$blob" = "$(sha "$blob")" ] || fail "$blob has another digest"; done
manifest=${first#sha256:}
config=$(jq -r '.config.digest[7:]' "$manifest")
i=0
for layer in $(jq -r '.layers[].digest[7:]' "$manifest"); do
  [ "sha256:$(gunzip < "$layer" | sha)" = "$(jq -r ".rootfs.diff_ids[$i]" "$config")" ] || fail "diff_id $i"
  [ "$(stat -c %s "$layer")" = "$(jq ".layers[$i].size" "$manifest")" ] || fail "size $i"
  tar tvzf "$layer" >> "$WORK/listing"
  i=$((i + 1))
done
[ "$(jq -rc '[.created, .config.User, .config.Entrypoint, .config.Cmd, (.history | length)]' "$config")" = \
  '["1970-01-01T00:00:00Z","65534:65534",["/opt/mlopsctl/bin/launch","serve","http","--model","/opt/model"],null,3]' ] || fail "$(cat "$config")"
top=$(jq -r '.layers[2].digest[7:]' "$manifest")
tar xzf "$top" -O sbom.json | jq -e '[.components[].name] == ["model","mlopsctl-runtime","libx"]' > "$OUT" || fail "bill of materials"
cd "$WORK" || exit 1
grep -q '^-rwxr-xr-x 0/0 .* 1970-01-01 00:00 opt/mlopsctl/bin/launch$' listing || fail "$(cat listing)"
grep -q '^-rw-r--r-- 0/0 .* opt/model/large.bin$' listing || fail "$(cat listing)"
grep -q '^drwxrwxrwt 0/0 .* tmp/$' listing || fail "$(cat listing)"
awk '{name = $NF; folder = name; sub(/[^\/]*\/?$/, "", folder)
      if (folder != "" && !(folder in seen)) {print name " before its folder"; exit 1} seen[name] = 1}' listing || fail "order"

# New labels are a new last layer; the others stay, and so does everything where only a time was set.
cp -r model changed
sed -i 's/^  - a$/  - aa/; s/\[a, b\]/[aa, b]/' changed/model.yaml
run 0 package image changed -o changed.tar --runtime runtime.tar.gz --json
cp "$OUT" changed.json
run 0 package image model -o one.tar --overwrite --runtime runtime.tar.gz --json
[ "$(jq -c '[.items[0, 1].digest]' changed.json)" = "$(jq -c '[.items[0, 1].digest]' "$OUT")" ] || fail "large layers changed"
[ "$(jq -c '.items[2].digest' changed.json)" != "$(jq -c '.items[2].digest' "$OUT")" ] || fail "the labels did not"
[ "$(jq '.items[2].bytes' changed.json)" -lt 4096 ] || fail "the layer of the labels is large"
SOURCE_DATE_EPOCH=86400 "$MLOPSCTL" package image model -o dated --runtime runtime.tar.gz > "$OUT" || fail "epoch"
grep -rq '"created":"1970-01-02T00:00:00Z"' dated/blobs || fail "created"
[ "$(ls dated/blobs/sha256 layout/blobs/sha256 | sort | uniq -d | wc -l)" = 3 ] || fail "a time changed a layer"

# What can be chosen.
run 0 package image model -o chosen --runtime runtime.tar.gz --for lambda --tag me/fn:7 --env A=1 --env 'A=2' --label x=y --cmd '["a", "b"]'
cat chosen/blobs/sha256/* 2> "$ERR" | grep -aq '"Env":\["A=2","PATH=/opt/mlopsctl/bin"\],"Entrypoint":\["/opt/mlopsctl/bin/launch","serve","lambda","--model","/opt/model"\],"Cmd":\["a","b"\]' || fail "chosen"
grep -q '"io.containerd.image.name":"docker.io/me/fn:7","org.opencontainers.image.ref.name":"7"' chosen/index.json || fail "$(cat chosen/index.json)"
run 0 package image model -o alone
out_has "alone: model:1, linux/amd64"
run 0 package image model -o entry --runtime runtime.tar.gz --entrypoint /bin/sh --user 1:1

run 2 package image model -o one.tar --runtime runtime.tar.gz
err_has "one.tar: already exists; pass --overwrite"
run 2 package image model -o image.tar.gz
err_has "images are written as .tar, whose layers are compressed"
run 2 package image model -o fn.tar --for lambda
err_has "--for lambda: needs --runtime"
run 2 package image model -o x.tar --env A
err_has "--env: 'A' is not KEY=VALUE"
run 2 package image model -o x.tar --for moon
run 2 package image model -o - --json
SOURCE_DATE_EPOCH=soon run 2 package image model -o x.tar
err_has "SOURCE_DATE_EPOCH: 'soon' is no time"
run 1 package image missing -o x.tar
err_has "missing: no such file or folder"
echo text > text
run 1 package image model -o x.tar --runtime text
err_has "text: is not a tar, tar.gz or zip archive"
tar czf bare.tar.gz -C bundle lib
run 1 package image model -o x.tar --runtime bare.tar.gz
err_has "bare.tar.gz: there is no bin/launch in it; make it with 'mlopsctl package runtime'"
cp text bundle/bin/launch
tar czf script.tar.gz -C bundle bin
run 1 package image model -o x.tar --runtime script.tar.gz
err_has "bin/launch: is no program for Linux on amd64 or arm64"
sed -i 's/sha256:[0-9a-f]*/sha256:0000000000000000000000000000000000000000000000000000000000000000/' changed/model.yaml
run 1 package image changed -o x.tar
err_has "model.onnx"
[ ! -e x.tar ] || fail "something was written"
run 0 package image --help
out_has "docker load < detector.tar"
