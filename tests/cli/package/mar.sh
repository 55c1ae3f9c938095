# package mar: what the servers read in an archive, the same bytes twice, anybody's archives, and every refusal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model det "$DET" detection fastestdet red
echo terms > det/LICENSE
run 0 package model det -o det.tar.gz
mkdir mine
echo 'def handle(data, context): return data' > mine/service.py

run 0 package mar det.tar.gz --handler mine/service.py:handle -o det.mar --json
json .schema mlopsctl.package.mar/1
json .digest "sha256:$(sha256sum det.mar | cut -d' ' -f1)"
unzip -p det.mar MAR-INF/MANIFEST.json > "$OUT"
json . '{"runtime":"python3","model":{"modelName":"det","handler":"service:handle","modelVersion":"3"},"license":"see the page of the weights","specificationVersion":"1.0","implementationVersion":"1.0","modelServerVersion":"1.0"}'
grep -q '^  "runtime"' "$OUT" || fail "the manifest is not indented by two"
unzip -p det.mar signature.json > "$OUT"
json . '{"inputs":[{"data_name":"x","data_shape":[1,3,8,8]}]}'
unzip -p det.mar service.py | cmp - mine/service.py || fail "the handler"
unzip -l det.mar > "$OUT"
for name in LICENSE m.onnx model.yaml sbom.json; do out_has " $name"; done
touch -d 2001-01-01 mine/service.py det.tar.gz
SOURCE_DATE_EPOCH=100 "$MLOPSCTL" package mar det.tar.gz --handler mine/service.py:handle -o - | cmp - det.mar || fail "other bytes"
run 0 package verify det.mar
run 0 package inspect det.mar
out_has "model det 3: detection, decoder fastestdet"
# As a tar every file stands below the name.
run 0 package mar det.tar.gz --handler mine/service.py --name other -o other.tar.gz
tar -tzf other.tar.gz > "$OUT"
out_has other/MAR-INF/MANIFEST.json
out_has other/service.py
[ "$(grep -vc '^other/' "$OUT")" = 0 ] || fail "a file stands elsewhere"
tar -xzf other.tar.gz -O other/MAR-INF/MANIFEST.json > "$OUT"
json '[.model.modelName, .model.handler] | join(" ")' "other service.py"

# TorchServe: its own manifest, a time that is told, and handlers by name.
export SOURCE_DATE_EPOCH=1595917928
run 0 package mar det.tar.gz --layout torchserve --handler object_detector -o ts.mar
unzip -p ts.mar MAR-INF/MANIFEST.json > "$OUT"
json '[.createdOn, .runtime, .model.modelName, .model.serializedFile, .model.handler, .model.modelVersion] | join(", ")' \
  "28/07/2020 06:32:08, python, det, m.onnx, object_detector, 3"
run 0 package verify ts.mar
SOURCE_DATE_EPOCH=soon run 2 package mar det.tar.gz --layout torchserve --handler object_detector -o no.mar
err_has "SOURCE_DATE_EPOCH: 'soon' is no time"
unset SOURCE_DATE_EPOCH

# MXNet's own form; the handler and the signature may be a part of the model.
mkdir job
python3 "$HERE/make_training.py" job
run 0 package deployable job --licence MIT -o ssd.tar.gz -q
mkdir ssd && tar -xzf ssd.tar.gz -C ssd
echo '{"inputs": []}' > ssd/signature.json
cp mine/service.py ssd/answer.py
run 0 package model ssd -o ssd.tar.gz --overwrite
run 0 package mar ssd.tar.gz --handler answer.py --name ssd -o ssd.mar
unzip -p ssd.mar MAR-INF/MANIFEST.json > "$OUT"
json '[.engine.engineName, .model.handler, .license] | join(" ")' "MXNet answer.py MIT"
[ "$(unzip -p ssd.mar signature.json)" = '{"inputs": []}' ] || fail "the model's own signature is lost"

refused() { # RC TEXT ARGS...
  local code=$1 text=$2
  shift 2
  run "$code" package mar -o no.mar "$@"
  err_has "$text"
  [ ! -e no.mar ] || fail "something was written"
}
refused 2 "--handler" det.tar.gz
refused 1 "'nowhere.py' is no file, and neither is it in the model" det.tar.gz --handler nowhere.py
refused 1 "'object_detector' is no file" det.tar.gz --handler object_detector
refused 1 "nor a handler that TorchServe brings" det.tar.gz --handler finder --layout torchserve
refused 2 "is not FILE.py or FILE.py:FUNCTION" det.tar.gz --handler a:b:c
cp mine/service.py answer.py
refused 1 "the model holds a 'answer.py' already" ssd.tar.gz --handler answer.py --name ssd
rm answer.py
refused 1 "the name '../x' is none that the server takes" det.tar.gz --handler mine/service.py --name ../x
refused 1 "det: is a folder" det --handler mine/service.py
mkdir det/more && echo text > det/more/text && "$MLOPSCTL" package model det -o nested.tar.gz -q
refused 1 "'more/text' stands in a folder, and TorchServe knows none" nested.tar.gz --handler mine/service.py --layout torchserve
head -c 300 det.tar.gz > cut.tar.gz
refused 1 "cut.tar.gz" cut.tar.gz --handler mine/service.py
run 2 package mar det.tar.gz --handler mine/service.py -o det.mar
err_has "det.mar: already exists"
run 2 package mar det.tar.gz --handler mine/service.py -o det.zip
err_has "is neither a .mar nor a .tar.gz"
run 2 package mar det.tar.gz --handler mine/service.py -o det.tar.gz --layout torchserve
err_has ".tar.gz is multi-model-server's"
run 2 package mar det.tar.gz --handler mine/service.py -o - --json
err_has "both want stdout"

# Anybody's archives: what the servers would refuse.
python3 - << 'PY'
import json, zipfile
def make(name, manifest, *files, place="MAR-INF/MANIFEST.json"):
    with zipfile.ZipFile(name, "w") as archive:
        for file in files:
            archive.writestr(file, "")
        if manifest is not None:
            archive.writestr(place, manifest if isinstance(manifest, str) else json.dumps(manifest))
model = {"modelName": "noop", "handler": "service.py", "serializedFile": "model.pt", "modelVersion": "1.11"}
make("noop.mar", {"runtime": "python", "model": model}, "model.pt", "service.py", "MAR-INF/")
make("lsp.mar", {"runtime": "LSP", "model": {"modelName": "m", "handler": "libm_handler:Handler"}}, "libm_handler.so")
make("less.mar", {"runtime": "python", "model": model}, "model.pt")
make("pt.mar", {"model": dict(model, handler="service:handle")}, "service.py")
make("name.mar", {"model": {"modelName": "no/op", "handler": "base_handler"}})
make("bare.mar", {"model": {"handler": ""}})
make("none.mar", {"runtime": "python"})
make("text.mar", "{", "service.py")
make("no.manifest.mar", None, "service.py")
make("old.mar", {"Model-Archive-Version": 0.1}, "noop_service.py", place="MANIFEST.json")
PY
for good in noop lsp; do
  run 0 package verify $good.mar
  out_has "there is no model.yaml in it"
done
bad() { # NAME TEXT
  run 3 package verify "$1.mar"
  out_has "$2"
  run 0 package inspect "$1.mar"
  out_has "$2"
}
bad less "model.handler: 'service.py' is not in the archive"
bad pt "model.serializedFile: 'model.pt' is not in the archive"
bad name "modelName 'no/op' is none that the servers take"
bad bare "has no model.modelName, which the servers need"
bad bare "has no model.handler, which the servers need"
bad none "has no 'model'"
bad text "MAR-INF/MANIFEST.json"
bad no.manifest "has no MAR-INF/MANIFEST.json"
bad old "has its manifest at the top, as layout 0.1 had it"
