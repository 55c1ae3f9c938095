# package component: artifacts whose names and paths are those of edge-group's recipes, and every refusal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model det "$DET" detection fastestdet red
run 0 package model det -o det.tar.gz
mkdir -p tree/bin tree/lib
echo program > tree/bin/mlopsctl-runtime
echo launcher > tree/bin/launch
echo library > tree/lib/libc.so.6
echo '{"bomFormat":"CycloneDX","components":[{"type":"file","name":"bin/launch"}]}' > tree/sbom.json
bundle() { (cd tree && tar czf "../$1" -- *); }
bundle runtime.tar.gz

run 0 package component det.tar.gz -o model.zip --json
json .schema mlopsctl.package.component/1
json .artifact null
model_digest=$(jq -r .digest "$OUT")
[ "$model_digest" = "sha256:$(sha256sum model.zip | cut -d' ' -f1)" ] || fail "digest"
json '[.items[].name] | join(" ")' 'm.onnx model.yaml sbom.json'
run 0 package verify model.zip
run 0 package component --runtime runtime.tar.gz -o runtime.zip --json
artifact=$(jq -r .artifact "$OUT")
runtime_digest=$(jq -r .digest "$OUT")
json '[.items[].name] | join(" ")' 'bin/mlopsctl-runtime lib/libc.so.6 mlopsctl-runtime sbom.json'
touch -d 2001-01-01 ./*.tar.gz
for pair in "det.tar.gz model" "--runtime=runtime.tar.gz runtime"; do
  run 0 package component "${pair% *}" -o again.zip --overwrite
  cmp again.zip "${pair#* }.zip" || fail "two artifacts of the same parts differ"
done
out_has "upload it as $artifact"
out_has "runtime_digests: {linux/amd64: \"$runtime_digest\"}"
[ "$(unzip -p runtime.zip mlopsctl-runtime)" = launcher ] || fail "what a recipe runs is not the launcher"
[ "$(unzip -p runtime.zip sbom.json | jq -c .components)" = '[{"type":"file","name":"mlopsctl-runtime"}]' ] || fail "the bill names the launcher as it was"

# What edge-group's recipes take is there: the artifact of that name, and in it the file that they run.
cat > deploy.yaml << YAML
schema: mlopsctl.deploy/1
name: gestures
region: eu-west-1
account: "123456789012"
model: {url: "s3://models/gestures/model.zip", digest: "$model_digest"}
artifacts: {bucket: artifacts, prefix: mlopsctl/}
retention_days: 30
edge:
  thing_group: gestures
  cores: [{name: desk, platform: linux/amd64, camera: /dev/video0}]
  runtime_digests: {linux/amd64: "$runtime_digest"}
YAML
run 0 template render edge-group -f deploy.yaml -o rendered
recipe=$(ls rendered/recipes/*.Runtime-*.json)
[ "$(jq -r '.Manifests[0].Artifacts[0].URI' "$recipe")" = "s3://artifacts/mlopsctl/$artifact" ] || fail "the recipe takes another artifact"
jq -r '.Manifests[0].Lifecycle.Run.Script' "$recipe" | grep -oF "/${artifact%.zip}/mlopsctl-runtime" > "$OUT" || fail "the recipe runs another file"
unzip -l runtime.zip | grep -qE " ${artifact:0:16}$" || fail "the file that the recipe runs is not in the artifact"
recipe=$(ls rendered/recipes/*.Model-*.json)
[ "$(jq -r '.Manifests[0].Artifacts[0] | .URI + " " + .Unarchive' "$recipe")" = "s3://models/gestures/model.zip ZIP" ] || fail "model artifact"
jq -r '.Manifests[0].Lifecycle.Install.Script' "$recipe" > "$OUT"
out_has "${model_digest#sha256:}  {artifacts:path}/model.zip"
out_has 'ln -sfn "{artifacts:decompressedPath}/model" current'
# ... and what stands behind "current" then is a model that runs.
unzip -qd current model.zip
echo "$RED" | base64 -d > red.png
run 0 infer --model current red.png -o red.jsonl --engine opencv
[ "$(jq '.detections | length' red.jsonl)" = 1 ] || fail "the unpacked model finds nothing"

# Both in one.
run 0 package component det.tar.gz --runtime runtime.tar.gz -o both.zip
unzip -qd both both.zip
run 0 package verify both/model
[ -e both/mlopsctl-runtime ] || fail "no runtime"

refused() { # RC TEXT ARGS...
  local code=$1 text=$2
  shift 2
  run "$code" package component -o no.zip "$@"
  err_has "$text"
  [ ! -e no.zip ] || fail "something was written"
}
refused 2 "there is nothing to pack"
refused 1 "det: is a folder" det
refused 1 "missing.tar.gz" missing.tar.gz
refused 1 "missing.tar.gz" --runtime missing.tar.gz
run 2 package component det.tar.gz -o model.zip
err_has "model.zip: already exists"
run 2 package component det.tar.gz -o model.tar.gz
err_has "the nucleus unpacks what is named .zip only"
run 2 package component det.tar.gz -o - --json
err_has "both want stdout"
head -c 300 det.tar.gz > cut.tar.gz
refused 1 "cut.tar.gz" cut.tar.gz
for part in bin/launch bin/mlopsctl-runtime sbom.json; do
  mv "tree/$part" part
  bundle less.tar.gz
  mv part "tree/$part"
  refused 1 "less.tar.gz: is no runtime bundle (it lacks $part)" --runtime less.tar.gz
done
