# Real faces: found by real detectors, and not found any more in what capture writes; small ones and those of a video, too.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/models/yunet_n_320_320.onnx
need_shared data/real/faces-known/examples/two_people.jpg
need_shared data/real/video/short_hamilton_clip.mp4
echo face > face.names
draft() { # NAME ONNX: as the manual says
  mkdir "$1" && cp "$SHARED/data/real/models/$2" "$1/"
  run 0 package describe "$1/$2" --labels face.names -o "$1/model.yaml"
}
draft yunet yunet_n_320_320.onnx
draft ultraface version-RFB-320.onnx
mkdir people
find "$SHARED/data/real/faces-known" \( -name '*.jpg' -o -name '*.jpeg' -o -name '*.png' \) | sort | while read -r path; do
  cp "$path" "people/$(printf %s "${path#"$SHARED"/data/real/faces-known/}" | tr / _)"
done
pictures=$(find people -type f | wc -l)
# How many pictures have a face, by the detector's own threshold.
with_faces() { # MODEL FOLDER
  run 0 infer --model "$1" "$2" -q
  jq -s 'map(select(.detections | length > 0)) | length' "$OUT"
}
for detector in yunet ultraface; do
  [ "$(with_faces $detector people)" -eq "$pictures" ] || fail "$detector does not see all faces to begin with"
  run 0 capture people -o "by-$detector" --redact faces --redact-model $detector --json
  json ".frames_kept == $pictures and .redacted >= $pictures" true
  jq -es 'all(.redacted >= 1)' "by-$detector/frames.jsonl" > /dev/null || fail "a picture without a redacted face"
  for judge in yunet ultraface; do
    [ "$(with_faces $judge "by-$detector")" -eq 0 ] || fail "$judge still finds a face after $detector"
  done
done

# The way of video frames, which otherwise become JPEGs without RGB.
run 0 capture "$SHARED/data/real/video/short_hamilton_clip.mp4" -o clip --every 50 --redact faces --redact-model yunet --report clip.html --json
json '.redacted >= 6' true
[ "$(with_faces yunet clip)" -eq 0 ] || fail "a face is left in the video's frames"
# The report's pictures, as a thief would take them.
mkdir thumbs
python3 - << 'PY'
import base64, re
found = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", open("clip.html").read())
assert len(found) == 6, len(found)
for i, text in enumerate(found):
    open(f"thumbs/{i}.jpg", "wb").write(base64.b64decode(text))
PY
[ "$(with_faces yunet thumbs)" -eq 0 ] || fail "a face is left in the report"
