# package lambda: what is in the zip, the same bytes twice, and every refusal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model det "$DET" detection fastestdet red
run 0 package model det -o det.tar.gz
mkdir -p tree/bin tree/lib
echo program > tree/bin/mlopsctl-runtime
echo launcher > tree/bin/launch
echo loader > tree/lib/ld-linux-x86-64.so.2
echo library > tree/lib/libc.so.6
echo '{"bomFormat":"CycloneDX","components":[{"type":"library","name":"libc6"}]}' > tree/sbom.json
bundle() { (cd tree && tar czf "../$1" -- *); }
bundle runtime.tar.gz

run 0 package lambda det.tar.gz --runtime runtime.tar.gz -o f.zip --json
json .schema mlopsctl.package.lambda/1
json .digest "sha256:$(sha256sum f.zip | cut -d' ' -f1)"
json .runtime_digest "sha256:$(sha256sum runtime.tar.gz | cut -d' ' -f1)"
json '[.items[].name] | join(" ")' \
  'bin/mlopsctl-runtime bootstrap bootstrap.args lib/ld-linux-x86-64.so.2 lib/libc.so.6 model sbom.json'
json .unpacked_bytes "$(unzip -l f.zip | tail -1 | awk '{print $1}')"
touch -d 2001-01-01 ./*.tar.gz
run 0 package lambda det.tar.gz --runtime runtime.tar.gz -o again.zip
out_has "of 250.0 MiB"
cmp f.zip again.zip || fail "two functions of the same parts differ"
unzip -qt f.zip > "$OUT" || fail "the zip is damaged"
python3 - << 'PY' || fail "names, modes or times"
import zipfile
for member in zipfile.ZipFile("f.zip").infolist():
    mode = 0o755 if member.filename in ("bootstrap", "bin/mlopsctl-runtime", "lib/ld-linux-x86-64.so.2") else 0o644
    assert member.external_attr >> 16 == 0o100000 | mode, (member.filename, oct(member.external_attr >> 16))
    assert member.create_system == 3 and member.date_time == (1980, 1, 1, 0, 0, 0), member
PY
unzip -qo f.zip -d out
[ "$(cat out/bootstrap)" = launcher ] || fail "bootstrap is not the launcher"
[ "$(tr '\n' ' ' < out/bootstrap.args)" = "serve lambda --model model --model-digest sha256:$(sha256sum det.tar.gz | cut -d' ' -f1) " ] || fail "bootstrap.args"
[ "$(jq -r '[.components[] | .type + " " + .name] | join(", ")' out/sbom.json)" = "library libc6, machine-learning-model det" ] ||
  fail "the bill of materials"
jq -r '.metadata.component.properties[0].value' out/sbom.json | grep -q "$(sha256sum runtime.tar.gz | cut -d' ' -f1)" ||
  fail "the bill lacks the runtime's digest"
cmp out/model det.tar.gz || fail "the model is not as it was"

# The model elsewhere, and a table.
run 0 package lambda --runtime runtime.tar.gz --table dynamodb://t --partition-key 'Gesture ID' -o url.zip --json
json .model_digest null
unzip -p url.zip bootstrap.args | tr '\n' '|' > "$OUT"
[ "$(cat "$OUT")" = "serve|lambda|--table|dynamodb://t|--partition-key|Gesture ID|" ] || fail "bootstrap.args"

refused() { # RC TEXT ARGS...
  local code=$1 text=$2
  shift 2
  run "$code" package lambda -o no.zip "$@"
  err_has "$text"
  [ ! -e no.zip ] || fail "something was written"
}
refused 2 "has a line break" det.tar.gz --table 'dynamodb://t
--model' --runtime runtime.tar.gz
refused 2 "--runtime" det.tar.gz
refused 1 "missing.tar.gz" det.tar.gz --runtime missing.tar.gz
refused 1 "det: is a folder" det --runtime runtime.tar.gz
echo text > text
refused 1 "text" text --runtime runtime.tar.gz
run 2 package lambda det.tar.gz --runtime runtime.tar.gz -o f.zip
err_has "f.zip: already exists"
for part in bin/launch bin/mlopsctl-runtime sbom.json; do
  mv "tree/$part" part
  bundle less.tar.gz
  mv part "tree/$part"
  refused 1 "less.tar.gz: is no runtime bundle (it lacks $part)" det.tar.gz --runtime less.tar.gz
done
head -c 262144001 /dev/zero > tree/lib/large
bundle large.tar.gz
refused 1 "large" det.tar.gz --runtime large.tar.gz
