# What package image writes is what the OCI's own JSON schemas ask for: layout, index, manifest and configuration.
. "$(dirname "$0")/../cli/lib.sh"
. "$(dirname "$0")/../cli/tiny.sh"
need_shared data/golden/oci-schema
/usr/bin/python3 -c 'import jsonschema' 2> /dev/null || { echo "SKIPPED: needs python3-jsonschema"; exit 77; }
tiny_model det "$DET" detection fastestdet red
mkdir -p bundle/bin
{ printf '\177ELF\002\001\001'; head -c 11 /dev/zero; printf '\076\000'; } > bundle/bin/launch # x86-64
tar -czf runtime.tar.gz -C bundle bin
run 0 package image det -o plain --runtime runtime.tar.gz --tag det:1
run 0 package image det -o lambda --runtime runtime.tar.gz --for lambda
run 0 package image det -o saved.tar --runtime runtime.tar.gz
mkdir saved && tar -xf saved.tar -C saved
cat > check.py << 'PY'
import json, pathlib, sys
import jsonschema

schemas, image = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])


def without_ids(value):  # they would move the base of "$ref" to the network
    if isinstance(value, dict):
        return {k: without_ids(v) for k, v in value.items() if not (k == "id" and isinstance(v, str))}
    return [without_ids(v) for v in value] if isinstance(value, list) else value


store = {path.as_uri(): without_ids(json.loads(path.read_text())) for path in schemas.glob("*.json")}


def check(schema_name, document):
    uri = (schemas / schema_name).as_uri()
    resolver = jsonschema.RefResolver(uri, store[uri], store=store)
    jsonschema.Draft4Validator(store[uri], resolver=resolver).validate(document)
    return document


def blob(descriptor):
    data = (image / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()
    assert len(data) == descriptor["size"]
    return json.loads(data)


check("image-layout-schema.json", json.loads((image / "oci-layout").read_text()))
index = check("image-index-schema.json", json.loads((image / "index.json").read_text()))
for entry in index["manifests"]:
    manifest = check("image-manifest-schema.json", blob(entry))
    config = check("config-schema.json", blob(manifest["config"]))
    assert len(config["rootfs"]["diff_ids"]) == len(manifest["layers"])
    print(len(manifest["layers"]), "layers")
if len(sys.argv) > 3:  # the check itself can fail
    manifest["layers"][0]["digest"] = "sha256"
    try:
        check("image-manifest-schema.json", manifest)
    except jsonschema.ValidationError:
        sys.exit(0)
    sys.exit("a wrong digest passed")
PY
for image in plain lambda saved; do
  /usr/bin/python3 check.py "$SHARED/data/golden/oci-schema" $image > "$OUT" 2> "$ERR" || fail "$image: $(tail -3 "$ERR")"
  out_has " layers"
done
/usr/bin/python3 check.py "$SHARED/data/golden/oci-schema" plain broken > "$OUT" 2> "$ERR" || fail "$(tail -1 "$ERR")"
