# package model, inspect, verify: the good way, and every refusal.
. "$(dirname "$0")/../lib.sh"
onnx() { python3 "$HERE/make_onnx.py" "$@"; }
fresh() {
  rm -rf pkg
  mkdir pkg
  onnx pkg/model.onnx 1,3,64,64 1,6,84
  printf 'a\nb\n' > two.names
  "$MLOPSCTL" package describe pkg/model.onnx --labels two.names --licence MIT -o pkg/model.yaml -q 2>/dev/null
}

fresh
mkdir pkg/extra
echo "read me" > pkg/extra/README.txt
echo hidden > pkg/.hidden
run 0 package model pkg -o out.tar.gz
out_has "out.tar.gz: "
out_has "extra/README.txt"
run 0 package model pkg/model.yaml -o again.tar.gz --json --jobs 8
cmp out.tar.gz again.tar.gz || fail "two builds differ"
json .schema mlopsctl.package.model/1
json .output again.tar.gz
json .bytes "$(stat -c %s again.tar.gz)"
json .digest "sha256:$(sha256sum again.tar.gz | cut -d' ' -f1)"
json '[.items[].name]' '["extra/README.txt","model.onnx","model.yaml","sbom.json"]'
touch -d 2001-01-01 pkg/*
chmod 600 pkg/*.onnx
run 0 package model pkg -o later.tar.gz
cmp out.tar.gz later.tar.gz || fail "times or modes leaked into the archive"
python3 -c 'import sys, tarfile
for m in tarfile.open("out.tar.gz"):
    assert (m.mtime, m.uid, m.gid, m.mode, m.uname) == (0, 0, 0, 0o644, ""), m.name' || fail "python"
tar xzf out.tar.gz -O model.yaml | grep -q "extra/README.txt: " || fail "digests lack a file"
tar xzf out.tar.gz -O model.yaml | grep -q "# guess" || fail "comments were lost"
# The bill of materials: the model, its licence and each file; written anew when the archive is unpacked and packed again.
tar xzf out.tar.gz -O sbom.json > "$OUT"
json '[.bomFormat, .specVersion, .metadata.component.type, .metadata.component.name]' '["CycloneDX","1.5","machine-learning-model","model"]'
json '.components[0] | [.licenses[0].license.name, ([.components[].name] | join(" "))]' '["MIT","extra/README.txt model.onnx"]'
json '.components[0].components[1].hashes[0].content' "$(sha256sum pkg/model.onnx | cut -d' ' -f1)"
mkdir unpacked && tar xzf out.tar.gz -C unpacked
run 0 package model unpacked -o repacked.tar.gz
cmp out.tar.gz repacked.tar.gz || fail "unpacked and packed again it is another archive"
echo more > unpacked/more.txt
run 0 package model unpacked -o more.tar.gz
tar xzf more.tar.gz -O sbom.json > "$OUT"
out_has more.txt
echo '{"bomFormat":"CycloneDX","metadata":{"tools":[{"name":"another"}]}}' > unpacked/sbom.json
cp pkg/model.yaml unpacked/
run 0 package model unpacked -o theirs.tar.gz
tar xzf theirs.tar.gz -O sbom.json | cmp - unpacked/sbom.json || fail "a bill that somebody else wrote is lost"
tar xzf theirs.tar.gz -O model.yaml | grep -q 'sbom.json: ' || fail "that bill has no digest"
run 0 package verify theirs.tar.gz
rm -r unpacked more.tar.gz theirs.tar.gz repacked.tar.gz
run 2 package model pkg -o out.tar.gz
err_has "out.tar.gz: already exists; pass --overwrite"
run 0 package model pkg -o pkg/inside.tar.gz
run 0 package model pkg -o pkg/inside.tar.gz --overwrite
cmp out.tar.gz pkg/inside.tar.gz || fail "the old output was packed into the new one"
rm pkg/inside.tar.gz
"$MLOPSCTL" package model pkg -o - | cmp - out.tar.gz || fail "-o - differs"
for name in model.yaml model.onnx extra/README.txt; do
  run 2 package model pkg -o "pkg/$name" --overwrite
  err_has "pkg/$name: is a file of the package, and the archive would replace it"
done
run 2 package describe pkg/model.onnx -o pkg/model.onnx --overwrite
err_has "is the model, and would be replaced"
run 2 package describe -
err_has "'-' has no name"
mkfifo pkg/pipe
ln -s . pkg/loop
run 0 package verify pkg
out_has "a link to a folder is left out"
out_has "a pipe, socket or device is left out"
rm pkg/pipe pkg/loop
mkdir empty
: > empty/model.yaml
run 1 package model empty -o empty.tar.gz
err_has "empty/model.yaml: is empty, a mapping was expected"
printf 'name: a\n\ttask: b\n' > empty/model.yaml
run 3 package verify empty
out_has "a line starts with a tab; YAML wants spaces"
run 2 package model pkg -o - --json
err_has "both want stdout"
run 2 package model pkg
err_has "output"

run 0 package inspect out.tar.gz
out_has "model model 1: detection, decoder yolov8, 64x64, 2 labels, licence MIT"
out_has "inputs:  images float32 1x3x64x64"
run 0 package inspect pkg --json
json .kind folder
json .model.decoder.kind yolov8
json '.graphs["model.onnx"].operators.Conv' 1
run 0 package verify out.tar.gz
out_has "out.tar.gz: good, 4 files, digest sha256:"
run 0 package verify pkg --json
json .schema mlopsctl.package.verify/1
json .ok true

# Damage and danger.
head -c 400 out.tar.gz > cut.tar.gz
run 3 package verify cut.tar.gz
out_has "ERROR"
run 1 package inspect cut.tar.gz
err_has "cut.tar.gz: "
python3 - <<'PY'
import io, tarfile, zipfile
def make(name, members):
    with tarfile.open(name, "w:gz") as tar:
        for m in members:
            info = tarfile.TarInfo(m[0])
            data = m[1]
            if len(m) > 2:
                info.type, info.linkname, data = m[2], m[3], b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
make("up.tar.gz", [("../evil", b"x")])
make("abs.tar.gz", [("/evil", b"x")])
make("link.tar.gz", [("model.yaml", b"", tarfile.SYMTYPE, "/etc/passwd")])
make("twice.tar.gz", [("a", b"x"), ("a", b"y")])
make("none.tar.gz", [("a", b"x")])
make("café.tar.gz", [("café.txt", b"x")])
make("pickle.tar.gz", [("weights.pth", b"x"), ("run.py", b"x"), ("data.bin", b"\x80\x04x"), ("tool", b"\x7fELF")])
with zipfile.ZipFile("up.zip", "w") as z:
    z.writestr("../evil", "x")
with zipfile.ZipFile("good.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for name in ("model.yaml", "model.onnx"):
        z.write("pkg/" + name, name)
    z.writestr("naïve.txt", "x")
PY
for kind in inspect verify; do
  rc=1
  [ $kind = inspect ] || rc=3
  for pair in "up.tar.gz|member '../evil' has a name that contains '..'" "up.zip|member '../evil' has a name" \
    "abs.tar.gz|member '/evil' has a name that is absolute" "link.tar.gz|member 'model.yaml' is a symbolic link" \
    "twice.tar.gz|member 'a' occurs twice"; do
    run $rc package $kind "${pair%%|*}"
    cat "$OUT" >> "$ERR"
    err_has "${pair#*|}"
  done
done
run 0 package inspect pickle.tar.gz
out_has "weights.pth: PyTorch files hold pickles"
out_has "run.py: a script"
out_has "data.bin: starts like a pickle"
out_has "tool: a program or library"
out_has "no model.yaml"
run 0 package inspect café.tar.gz
out_has "café.txt"
run 0 package verify good.zip
for file in good.zip out.tar.gz; do
  cat $file two.names > behind-$file
  run 3 package verify behind-$file
  out_has "goes on behind the end of the archive, with 4 B of something else"
done
run 3 package verify none.tar.gz
out_has "there is no model.yaml in it; write one with 'mlopsctl package describe"
run 3 package verify two.names
out_has "is not a tar, tar.gz or zip archive"
run 1 package verify nowhere
err_has "nowhere: no such file or folder"
run 1 package inspect out.tar.gz --max-members 3
err_has "raise --max-members"
run 0 package inspect out.tar.gz --max-members 4
run 1 package inspect out.tar.gz --max-unpacked 100B
err_has "raise --max-unpacked"
size=$(stat -c %s pkg/model.onnx)
for path in pkg good.zip; do
  run 0 package verify $path --max-model "$size"
  run 3 package verify $path --max-model "$((size - 1))"
  out_has "limit of"
done
run 2 package inspect out.tar.gz --max-unpacked lots
err_has "--max-unpacked: 'lots' is not a size"

# model.yaml against the weights.
broken() { # SED_EXPRESSION TEXT
  fresh
  sed -i "$1" pkg/model.yaml
  run 3 package verify pkg
  out_has "$2"
  run 1 package model pkg -o bad.tar.gz
  [ ! -e bad.tar.gz ] || fail "an archive was written"
}
broken 's/^name:/nmae:/' "pkg/model.yaml:3  unknown key 'nmae', did you mean 'name'?"
broken 's/sha256:..../sha256:0000/' "model.onnx has sha256:"
broken 's/name: images/name: image/' "the graph has no input 'image', did you mean 'images'?"
broken 's/width: 64/width: 32/' "input.width  is 32, the graph's input 'images' is 1x3x64x64"
broken 's/  - b/  - b\n  - c/' "there are 3 labels, the outputs have 2 classes"
broken 's/weights: model.onnx/weights: ..\/model.onnx/' "'../model.onnx' contains '..'"
fresh
rm pkg/model.yaml
run 1 package model pkg -o bad.tar.gz
err_has "mlopsctl package describe"
fresh
: > pkg/model.onnx
sed -i '/^digests/,$d' pkg/model.yaml
run 3 package verify pkg
out_has "model.onnx: is empty, an ONNX model was expected"
onnx pkg/model.onnx 1,3,64,64 1,6,84 external=model.data
run 3 package verify pkg
out_has "keeps weights in 'model.data'"
fresh
ln -s /etc/hostname pkg/notes.txt
run 1 package model pkg -o bad.tar.gz
err_has "notes.txt: is a link that leaves the package"
fresh
echo 'import os' > pkg/handler.py
run 0 package model pkg -o script.tar.gz
err_has "handler.py"
run 1 package model two.names -o x.tar.gz
err_has "two.names: is a file, a folder with model.yaml was expected"

# What it is not is not what its name says.
run 2 package model "$MLOPSCTL_SOURCE/examples/shapes/model" -o model.zip
err_has "'model.zip': what is written is a .tar.gz, whatever its name; call it model.tar.gz"
[ ! -e model.zip ] || fail "model.zip was written"
echo '{"nodes": []}' > ssd-symbol.json
run 1 package describe ssd-symbol.json
err_has "ssd-symbol.json: is a model of MXNet, a draft is made from ONNX files only"
