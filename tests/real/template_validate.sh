# template validate against what others say: python3-jsonschema over AWS's published schemas gives the same verdict on
# every resource that is rendered, and on each of them broken in many ways; greengo files of the field are read.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/golden/cfn-schemas
need_shared data/golden/greengo
SCHEMAS=$SHARED/data/golden/cfn-schemas
python3 -c 'import jsonschema' 2>/dev/null || { echo "SKIPPED: needs python3-jsonschema"; exit 77; }

for file in "$SHARED"/data/golden/greengo/*.yaml; do
  run 3 template validate "$file" --json
  json '.findings | map(.rule) | unique | join(",")' greengrass-v1-ended
done

run 0 template init
for kind in benchmark-table cloud-function edge-group instance; do
  run 0 template render $kind -o $kind
  run 0 template validate $kind --schemas "$SCHEMAS" --fail-on warning
done

cat > judge.py << 'PYTHON'
import copy, glob, json, re, sys
import jsonschema

schemas = {}
for path in glob.glob(sys.argv[1] + "/aws-*.json"):
    schema = json.load(open(path))
    schemas[schema["typeName"]] = schema

def literal(value):  # what the deployment puts in for a function
    if isinstance(value, dict):
        if len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::")):
            return "arn:aws:iam::123456789012:role/x"
        return {k: literal(v) for k, v in value.items()}
    return [literal(v) for v in value] if isinstance(value, list) else value

def broken(value, root):  # each property gone, or of another kind, or wrong inside
    for key in value:
        for new in (None, {"Zz": 1}, [[]], "zzz zzz", "", [], {}):
            out = copy.deepcopy(root[0])
            here = out
            for step in root[1]:
                here = here[step]
            if new is None:
                del here[key]
            else:
                here[key] = new
            yield out
        inner = value[key]
        if isinstance(inner, dict):
            yield from broken(inner, (root[0], root[1] + [key]))
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield from broken(inner[0], (root[0], root[1] + [key, 0]))
    out = copy.deepcopy(root[0])
    here = out
    for step in root[1]:
        here = here[step]
    here["Unknown"] = 1
    yield out

resources, verdicts = {}, {}
def add(kind, properties):
    try:
        verdict = jsonschema.Draft201909Validator(schemas[kind]).is_valid(properties)
    except re.error:  # a pattern that Python cannot read
        return
    if any('"%s": "zzz' % key in json.dumps(properties) for key in ("S3Bucket", "RepositoryName")):
        return  # refused by the patterns that look behind or ahead, which are named as not checked
    name = "R%d" % len(resources)
    resources[name] = {"Type": kind, "Properties": properties}
    verdicts[name] = verdict

for path in sorted(glob.glob("*/*.template.json")):
    for resource in json.load(open(path))["Resources"].values():
        if resource["Type"] not in schemas:
            continue
        properties = literal(resource["Properties"])
        add(resource["Type"], properties)
        for one in broken(properties, (properties, [])):
            add(resource["Type"], one)
json.dump({"Resources": resources}, open("all.json", "w"))
json.dump(verdicts, open("verdicts.json", "w"))
PYTHON
python3 judge.py "$SCHEMAS" || fail "the judge failed"
"$MLOPSCTL" template validate all.json --schemas "$SCHEMAS" --json > "$OUT" 2> "$ERR"
python3 - "$OUT" << 'PYTHON' || fail "verdicts differ"
import json, sys
found = {}
for finding in json.load(open(sys.argv[1]))["findings"]:
    if finding["rule"] == "schema":
        found.setdefault(finding["place"].split(": Resources.")[1].split(".")[0], []).append(finding["text"])
verdicts = json.load(open("verdicts.json"))
resources = json.load(open("all.json"))["Resources"]
differ = [name for name, is_valid in verdicts.items() if is_valid == (name in found)]
for name in differ[:10]:
    print(name, json.dumps(resources[name])[:600], "theirs:", verdicts[name], "ours:", found.get(name))
print(len(verdicts), "resources,", sum(verdicts.values()), "valid,", len(differ), "verdicts differ")
sys.exit(bool(differ) or len(verdicts) < 500)
PYTHON
