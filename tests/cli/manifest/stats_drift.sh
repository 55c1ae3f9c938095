# manifest stats: what a set holds, and how far two sets are apart.
. "$(dirname "$0")/../lib.sh"
line() { printf '{"image":"%s","width":100,"height":100,"detections":[%s]}\n' "$1" "$2"; }
box() { printf '{"label":"%s","class_id":%s,"score":1,"left":1,"top":1,"width":%s,"height":20}' "$@"; }
for i in $(seq 30); do line a$i.jpg "$(box dog 0 20),$(box cat 1 20)"; done > one.jsonl
for i in $(seq 30); do line b$i.jpg "$(box cat 1 80),$(box cat 1 80)"; done > two.jsonl
run 0 manifest stats one.jsonl --against one.jsonl --fail-above 0.1
out_has "the same mixture of classes (population stability index 0.000"
out_has "sizes of boxes do not differ: distance 0.000"
run 3 manifest stats one.jsonl --against two.jsonl --fail-above 0.25
out_has "another mixture of classes"
out_has "sizes of boxes differ: distance 1.000, by chance up to"
out_has "objects in an image do not differ"
err_has "the drift of classes is"
run 0 manifest stats one.jsonl --against two.jsonl --json
json '[.schema,.annotations,(.drift.class_psi > 0.25),.drift.box_aspect.differs,.drift.classes[0].share]' '["mlopsctl.manifest.stats/1",60,true,true,0.5]'
json '(.box_side_px.p50 - 20 | fabs) < 0.5' true
run 0 manifest convert one.jsonl one.manifest
run 0 manifest split one.manifest -o sets --ratio train=0.5,test=0.5
run 0 manifest join sets/train.manifest sets/test.manifest -o both.manifest
run 0 manifest stats both.manifest
out_has "in train"
printf '{"source-ref":"x.png","c":0,"c-metadata":{"class-name":"red","confidence":0,"type":"groundtruth/image-classification","job-name":"j","human-annotated":"yes","creation-date":"2026-01-01T00:00:00"}}\n' > whole.manifest
run 0 manifest stats whole.manifest
out_has "1 with a class as a whole"
out_lacks "smallest px"
run 2 manifest stats one.jsonl --fail-above 0.1
err_has "--fail-above needs --against"
run 2 manifest stats one.jsonl --against two.jsonl --fail-above -1
err_has "--fail-above: -1 is negative"
run 1 manifest stats one.jsonl --against none.jsonl
err_has "none.jsonl: no such file"
