# The whole circle with Label Studio: frames, a machine's boxes, tasks, a person's corrections, ground truth on the same images.
. "$(dirname "$0")/../lib.sh"

# frames and what a model says of them
run 0 capture 'pattern:shapes?seed=1&size=64x48&fps=2&seconds=3' -o frames
ref=$(jq -r '."source-ref" // empty' frames/*.manifest 2>/dev/null | head -n 1)
mapfile -t images < <(cd frames && find . -name '*.jpg' | sed 's,^\./,,' | sort)
[ "${#images[@]}" -ge 4 ] || fail "too few frames (first reference: $ref)"
for i in 0 1 2 3; do
  printf '{"image":"frames/%s","width":64,"height":48,"detections":[{"label":"circle","class_id":0,"score":0.%d,"left":%d,"top":4.5,"width":10,"height":12.25}],"timing_ms":{"infer":1},"group":"clip %d","time_s":%d.5}\n' \
    "${images[$i]}" "$((9 - i))" "$((3 + i))" "$((i / 2))" "$i"
done > found.jsonl
run 0 manifest convert found.jsonl found.manifest
jq -c 'input_line_number as $n | . + {split: (if $n > 2 then "validation" else "train" end), lens: {"mm": 4}}' found.manifest > all.manifest

# out: predictions with scores, and the labelling interface of the project
run 0 manifest convert all.manifest tasks.json --to label_studio --labeling-config interface.xml --image-url '/data/local-files/?d=' --json
json '[.images_written,.annotations_written]' '[4,4]'
jq -e 'length == 4 and all(.[]; .annotations == null and (.predictions[0].result | length == 1)
  and (.data.image | startswith("/data/local-files/?d=frames/")) and .predictions[0].result[0].score == .predictions[0].score)' tasks.json >/dev/null || fail "the tasks"
grep -qF '<RectangleLabels name="label" toName="image">' interface.xml || fail "no interface"
grep -qF '<Label value="circle" background="#' interface.xml || fail "no class in the interface"
run 0 manifest convert tasks.json untouched.manifest
err_has "4 images that nobody annotated have the labels of a machine"
run 0 manifest convert tasks.json not-labelled.manifest --label-attribute annotations
[ "$(jq -s 'map(select(has("bounding-box"))) | length' not-labelled.manifest)" = 0 ] || fail "a machine's labels as a person's"

# a person accepts the first as it is, moves the second to other pixels, empties the third and skips the last;
# this is how the export looks (https://labelstud.io/guide/task_format)
jq '[to_entries[] | .key as $i | .value + {id: (17 + $i), project: 3, inner_id: ($i + 1), file_upload: "0a1b2c3d-tasks.json", meta: {}, drafts: [],
  annotations: [{id: (40 + $i), completed_by: 1, was_cancelled: ($i == 3), ground_truth: false, created_at: "2026-05-01T10:00:00.000000Z", updated_at: "2026-05-01T10:00:01.000000Z", lead_time: 3.1,
    result: [.value.predictions[0].result[] | .origin = "prediction" | if $i == 1 then .origin = "prediction-changed" | .value.x = 50 | .value.width = 25 | .value.rectanglelabels = ["square"] else . end
      | select($i != 2)]}],
  predictions: [.value.predictions[0] + {id: $i, task: (17 + $i)}]}]' tasks.json > export.json
run 0 manifest convert export.json truth.manifest --json
json '[.images_written,.annotations_written,(.problems | map(.rule))]' '[4,2,["annotation-cancelled"]]'
diff <(jq -r '[."source-ref",.split,.group,.time_s] | @tsv' all.manifest) <(jq -r '[."source-ref",.split,.group,.time_s] | @tsv' truth.manifest) ||
  fail "references, splits or groups changed"
while read -r image; do [ -e "$image" ] || fail "no image $image"; done < <(jq -r '."source-ref"' truth.manifest)
label=$(jq -r 'keys[] | select(endswith("-metadata"))' truth.manifest | head -n 1)
label=${label%-metadata}
jq -s -e --arg l "$label" --slurpfile was all.manifest '.[0][$l].annotations == $was[0][$l].annotations
  and .[1][$l].annotations[0].left == 32 and .[1][$l].annotations[0].width == 16 and .[1][$l].annotations[0].top == 4.5 and .[1][$l].annotations[0].height == 12.25
  and .[1][$l + "-metadata"]["class-map"]["\(.[1][$l].annotations[0].class_id)"] == "square"
  and .[2][$l].annotations == [] and (.[3] | has($l) | not)
  and all(.[0:3][]; .[$l + "-metadata"]["human-annotated"] == "yes" and .[$l + "-metadata"]["creation-date"] == "2026-05-01T10:00:01.000000"
    and all(.[$l + "-metadata"].objects[]; .confidence == 0))' truth.manifest >/dev/null || fail "the corrected labels"
run 0 manifest validate truth.manifest

# a second round: what people drew goes out as their annotation
run 0 manifest convert truth.manifest again.json --to label_studio
err_has "addresses that Label Studio can open (--image-url makes them): 4"
jq -e '[.[] | has("annotations")] == [true,true,true,false] and all(.[]; .predictions == null)' again.json >/dev/null || fail "the second round"

# the same tasks from another folder still name the same images
mkdir -p far && cp export.json far/
run 0 manifest convert far/export.json far/truth.manifest --quiet
diff <(jq -r '."source-ref"' truth.manifest) <(jq -r '."source-ref"' far/truth.manifest) || fail "references moved with the export"

# classes of images that have no labels yet
jq -c 'del(.[$l], .[$l + "-metadata"])' --arg l "$label" all.manifest > bare.manifest
run 1 manifest convert bare.manifest bare.json --to label_studio --labeling-config bare.xml
err_has "bare.xml: a configuration needs classes, and the labels have none; name them with --classes"
[ ! -e bare.json ] || fail "tasks without their interface"
run 0 manifest convert bare.manifest bare.json --to label_studio --labeling-config bare.xml --classes 'circle,square & co'
grep -qF 'value="square &amp; co"' bare.xml || fail "the named classes"
jq -e 'all(.[]; keys == ["data"])' bare.json >/dev/null || fail "labels from nowhere"

# the name of the output says its format, whatever the input is
run 0 manifest convert export.json by-name.json --quiet
jq -e '.categories | length == 2' by-name.json >/dev/null || fail ".json is COCO"

# refusals
run 2 manifest convert all.manifest x.json --to coco --labeling-config x.xml
err_has "--labeling-config is for Label Studio, and the output is coco; write it with --to label_studio"
run 2 manifest convert all.manifest x.json --to coco --image-url http://h/
err_has "--image-url is for Label Studio, and the output is coco"
run 2 manifest convert all.manifest x.json --to label_studio --classes a
err_has "--classes names the classes of a labelling configuration; say with --labeling-config FILE where to write it"
run 2 manifest convert all.manifest x.json --to label_studio --labeling-config x.xml --classes a,,b
err_has "--classes: 'a,,b' has an empty name"
run 2 manifest convert all.manifest x.json --to label_studio --labeling-config interface.xml
err_has "interface.xml: already exists"
run 2 manifest convert export.json x.manifest --label-attribute bb
err_has "--label-attribute bb: Label Studio has annotations (of people) and predictions (of machines)"
run 1 manifest convert frames x.json --from label_studio
err_has "frames: is a folder, an export of Label Studio was expected"
head -c 900 export.json > cut.json
run 1 manifest convert cut.json x.manifest
err_has "cut.json: ends within element 0 of the list; was it cut off?"
echo '[{"id":5,"data":{"text":"hello"},"annotations":[]}]' > text.json
run 1 manifest convert text.json x.manifest
err_has "text.json:[0] (task 5): no image in the data of the task (its members: text)"
[ ! -e x.manifest ] || fail "half a manifest"

# Create ML and CVAT
run 0 manifest convert truth.manifest cml.json --to createml
run 0 manifest convert cml.json cml.manifest
jq -s -e '[.[]["bounding-box"].annotations | length] == [1,1,0]' cml.manifest >/dev/null || fail "Create ML"
run 0 manifest convert truth.manifest cvat.xml
run 0 manifest convert cvat.xml cvat.manifest
jq -s -e '[.[]["bounding-box"].annotations | length] == [1,1,0] and .[1]["bounding-box"].annotations[0].left == 32' cvat.manifest >/dev/null || fail "CVAT"
{ echo '<!DOCTYPE x [<!ENTITY e "e">]>'; tail -n +2 cvat.xml; } > doctype.xml
run 1 manifest convert doctype.xml x.manifest
err_has "doctype.xml:1: holds a DOCTYPE"
echo '<annotations><track id="0" label="a"/></annotations>' > video.xml
run 1 manifest convert video.xml x.manifest
err_has "video.xml: holds tracks of a video; export the task from CVAT as 'CVAT for images 1.1'"
