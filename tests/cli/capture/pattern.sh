# capture of the test pattern: counts, names, journal, labels, and the same bytes every time.
. "$(dirname "$0")/../lib.sh"
PATTERN='pattern:shapes?seed=1&size=160x120&fps=30&seconds=2'
run 0 capture "$PATTERN" -o all --json
json .schema mlopsctl.capture/1
json .frames_read 60
json .frames_kept 60
json .dropped.blurred 0
json .output all
json '.problems|length' 0
[ "$(ls all | wc -l)" -eq 63 ] || fail "60 frames, journal, settings and labels expected: $(ls all)"
run 0 capture "$PATTERN" all1 --jobs 1
diff -r all all1 >"$OUT" || fail "one job gives other bytes than many"
out_lacks "x"

run 0 capture "$PATTERN" -o fps --fps 5
out_has "fps: 10 frames kept of 60 read from $PATTERN"
[ "$(ls fps/*.jpg | head -n 1)" = fps/frame000000.jpg ] || fail "first name"
[ "$(ls fps/*.jpg | tail -n 1)" = fps/frame000009.jpg ] || fail "last name"
jq -c '[.ref,.frame_index,.time_s,.width,.height,.kept]' fps/frames.jsonl >"$OUT"
out_has '["frame000000.jpg",0,0,160,120,true]'
out_has '["frame000009.jpg",54,1.8,160,120,true]'
[ "$(wc -l <fps/labels.manifest)" -eq 10 ] || fail "one label line a frame"
diff <(jq -c '[."source-ref",[.shapes.annotations[]|[.left,.top,.width,.height]]]' fps/labels.manifest) \
     <(jq -c '[.ref,[.boxes[]|[.left,.top,.width,.height]]]' fps/frames.jsonl) >"$OUT" || fail "labels and journal differ"
jq -r '.["shapes-metadata"]["class-map"]|tojson' fps/labels.manifest | sort -u >"$OUT"
out_has '{"0":"circle","1":"square","2":"triangle"}'
# The boxes are those of the same frames of the full run.
diff <(jq -c 'select(.frame_index%6==0)|.boxes' all/frames.jsonl) <(jq -c .boxes fps/frames.jsonl) >"$OUT" || fail "boxes differ"

run 0 capture "$PATTERN" -o every --every 7
out_has "9 frames kept"
run 0 capture "$PATTERN" -o every-time --every 500ms
out_has "4 frames kept"
run 0 capture "$PATTERN" -o some --at-most 7
jq -c .frame_index some/frames.jsonl | tr '\n' ' ' >"$OUT"
out_has "0 9 18 26 35 43 52 "
run 0 capture "$PATTERN" -o most --at-most 500
out_has "60 frames kept"
run 0 capture "$PATTERN" -o short --duration 500ms
out_has "15 frames kept of 15 read"
run 0 capture "$PATTERN" -o small --at-most 3 --size 80x60 --name 'a{index:03}-{frame}.jpeg' --quality 50
ls small | tr '\n' ' ' >"$OUT"
out_has "a000-0.jpeg a001-20.jpeg a002-40.jpeg capture.json frames.jsonl labels.manifest"
[ "$(jq -r .width small/frames.jsonl | sort -u)" = 80 ] || fail "stored size"
diff <(jq -c '.boxes[]|[.left*2,.top*2,.width*2,.height*2]' small/frames.jsonl) \
     <(jq -c 'select(.frame_index%20==0)|.boxes[]|[.left,.top,.width,.height]' all/frames.jsonl) >"$OUT" || fail "boxes are not scaled"

# A folder of pictures: in the order of names, by count; by time only with a rate.
run 0 capture all -o from-folder --every 20
out_has "3 frames kept of 60 read from all"
jq -c '[.source,.time_s]' from-folder/frames.jsonl >"$OUT"
out_has '["frame000020.jpg",null]'
[ ! -e from-folder/labels.manifest ] || fail "a folder knows no boxes"
run 2 capture all -o by-time --fps 2
err_has "all: its frames have no time stamps, so they cannot be chosen by time; say the frame rate with --assume-fps R"
run 0 capture all -o by-time --fps 2 --assume-fps 30
out_has "4 frames kept of 60"
head -c 300 all/frame000007.jpg > all/frame000007b.jpg
run 1 capture all -o broken
err_has "all/frame000007b.jpg: the JPEG data is cut off or damaged"
out_has "60 frames kept of 61"
run 1 capture all -o broken --resume
out_has "60 frames kept of 61"
