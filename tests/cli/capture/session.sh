# capture --session: so many frames of one class after the other, as a classification set that the manifest commands take.
. "$(dirname "$0")/../lib.sh"
P='pattern:shapes?seed=2&size=160x120&fps=30&seconds=4'
run 0 capture "$P" -o set --session --classes A,B,C --per-class 8 --fps 10 --json
json '[.frames_kept,.frames_read,.classes]' '[24,70,{"A":8,"B":8,"C":8}]'
jq -c '[.ref,.time_s,.class]' set/frames.jsonl >"$OUT"
out_has '["frame000000.jpg",0,"A"]'
out_has '["frame000008.jpg",0.8,"B"]'
out_has '["frame000023.jpg",2.3,"C"]'
jq -c '[."source-ref",.class,."class-metadata"."class-name",."class-metadata".type]' set/labels.manifest >"$OUT"
out_has '["frame000008.jpg",1,"B","groundtruth/image-classification"]'
[ "$(wc -l <set/labels.manifest)" -eq 24 ] || fail "a label a frame"
run 0 capture "$P" -o set1 --session --classes A,B,C --per-class 8 --fps 10 --jobs 1 --json
json .frames_read 70
diff -r set set1 >"$OUT" || fail "the number of threads changes the session"
# What it is for.
run 0 manifest stats set/labels.manifest --images set --json
run 0 manifest split set/labels.manifest -o split --ratio train=0.5,validation=0.5 --stratify
[ "$(cat split/*.manifest | jq -r '."class-metadata"."class-name"' | sort | uniq -c | tr -s ' \n' ' ')" = " 8 A 8 B 8 C " ] || fail "classes of the split"
run 0 manifest convert set/labels.manifest set.csv --images set
grep -q '^frame000008.jpg,.*B' set.csv || fail "the class in another format"

# A recorded session: between the classes somebody changes the pose.
run 0 capture "$P" -o pauses --session --classes A,B --per-class 5 --fps 10 --countdown 500ms
jq -c '[.class,.time_s]' pauses/frames.jsonl | tr '\n' ' ' >"$OUT"
out_has '["A",0.5] ["A",0.6] ["A",0.7] ["A",0.8] ["A",0.9] ["B",1.4] '
err_has "A: get ready, 1 s"
err_has "A: 5 of 5 frames"
err_has "B: 5 of 5 frames"
! grep -q "$(printf '\033')" "$ERR" || fail "escape codes without a terminal"
run 0 capture "$P" -o quiet --session --classes A,B --per-class 5 -q
[ ! -s "$ERR" ] || fail "--quiet is not quiet"

# --keep counts what is kept.
F='pattern:shapes?seed=2&size=160x120&fps=30&seconds=20&freeze=0.6'
run 0 capture "$F" -o distinct --session --classes A,B --per-class 6 --fps 10 --keep distinct --json
json '.classes' '{"A":6,"B":6}'
json '.dropped.duplicate > 0' true
jq -r 'select(.kept)|.class' distinct/frames.jsonl | sort | uniq -c | tr -s ' \n' ' ' >"$OUT"
out_has " 6 A 6 B "
run 0 capture "$F" -o distinct1 --session --classes A,B --per-class 6 --fps 10 --keep distinct --jobs 1
diff -r distinct distinct1 >"$OUT" || fail "the number of threads changes what is kept"
head -n 9 distinct/frames.jsonl >half.jsonl
for keep in "" "--keep distinct"; do # stopped in the middle of a class, and between two
  for lines in 3 9 14; do
    # shellcheck disable=SC2086 # two words
    run 0 capture "$F" -o all --session --classes A,B --per-class 9 --fps 10 --countdown 300ms $keep --overwrite
    cp -r all cut
    head -n $lines all/frames.jsonl >cut/frames.jsonl
    # shellcheck disable=SC2086
    run 0 capture "$F" -o cut --session --classes A,B --per-class 9 --fps 10 --countdown 300ms $keep --resume
    diff -r all cut >"$OUT" || fail "resumed behind $lines lines is not the same as whole"
    rm -r cut
  done
done

# The end of the source comes first: what there is is kept, and what is missing is told.
run 1 capture "$P" -o short --session --classes A,B,C --per-class 15 --fps 10 --json
json '.classes' '{"A":15,"B":15,"C":10}'
json '[.problems[]|.rule]' '["class-missing"]'
err_has "ended before class 'C' was full: 10 of 15 frames"
[ "$(wc -l <short/labels.manifest)" -eq 40 ] || fail "labels of what is kept"

# One class, all frames.
run 0 capture "$P" -o one --class 'thumb up' --fps 5 --json
json '[.frames_kept,.classes]' '[20,{"thumb up":20}]'
[ "$(jq -r '."class-metadata"."class-name"' one/labels.manifest | sort -u)" = "thumb up" ] || fail "its class"

run 2 capture "$P" -o o --session --classes A,B
err_has "--session: which classes, and how many frames of each?; give --classes A,B,C --per-class 40"
run 2 capture "$P" -o o --classes A,B --per-class 3
err_has "--classes, --per-class and --countdown belong to --session; give --session as well, or --class NAME for a single class"
run 2 capture "$P" -o o --session --class A --classes B --per-class 3
err_has "--class: a session has several classes"
run 2 capture "$P" -o o --session --classes A,B,A --per-class 3
err_has "--classes: 'A' is there twice"
run 2 capture "$P" -o o --session --classes A --per-class 0
err_has "--per-class: 0 is not from 1 to 1000000"
run 2 capture "$P" -o s3://bucket/set --session --classes A --per-class 3 --on-full drop-oldest
err_has "--on-full drop-oldest: classes count their frames and label them; let it stop (--on-full stop), with a larger --spool-limit"
run 2 capture "$P" -o o --class ''
err_has "'' is no name of a class"
run 2 capture "$P" -o o --class A --clips 1s
err_has "--class and --session label frames as they come; leave out --clips and --at-most"
run 2 capture "$P" -o o --session --classes A --per-class 3 --at-most 3
err_has "--class and --session label frames as they come"
run 2 capture one -o o --session --classes A --per-class 3 --countdown 1s
err_has "its frames have no time stamps, so a countdown has no length"
run 2 capture "$P" -o set --session --classes A,C --per-class 8 --fps 10 --resume
err_has 'set: was captured with classes "A,B,C", now it is "A,C"'
[ ! -e o ] || fail "a refused capture left a folder"
