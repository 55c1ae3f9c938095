# capture --keep: reasons in the journal, counts, the same bytes with any number of jobs and after any break.
. "$(dirname "$0")/../lib.sh"
PATTERN='pattern:shapes?seed=3&size=240x180&fps=30&seconds=20'
run 2 capture "$PATTERN" -o o --keep sharp,distnct
err_has "--keep: unknown rule 'distnct', did you mean 'distinct'?; the rules are sharp, distinct and still"
[ ! -e o ] || fail "a refused rule left a folder"

# A folder in which every picture is there twice.
run 0 capture "$PATTERN" -o some --every 50
mkdir twice
for name in some/*.jpg; do cp "$name" "twice/$(basename "$name" .jpg)-a.jpg"; cp "$name" "twice/$(basename "$name" .jpg)-b.jpg"; done
run 0 capture twice -o once --keep distinct --json
json .frames_kept 12
json .dropped.duplicate 12
json .dropped.blurred 0
jq -c 'select(.kept|not)|[.ref,.reason,.like,.changed,.source]' once/frames.jsonl >"$OUT"
out_has '[null,"duplicate",0,0,"frame000000-b.jpg"]'
[ "$(ls once/*.jpg | wc -l)" -eq 12 ] || fail "frames in the folder"
run 0 capture twice -o once2 --keep distinct
out_has "once2: 12 frames kept of 24 read from twice"
out_has "; dropped: 12 duplicate"
head -c 400 twice/frame000003-a.jpg > twice/frame000003-c.jpg
run 1 capture twice -o once3 --keep sharp,distinct --json
json .dropped.unreadable 1
json .frames_kept 12

run 0 capture "$PATTERN" -o whole --every 2 --keep sharp,distinct,still --jobs 2
run 0 capture "$PATTERN" -o whole1 --every 2 --keep still,distinct,sharp --jobs 1
diff -r whole whole1 >"$OUT" || fail "one job, or another order of the rules, gives other bytes"
[ "$(wc -l <whole/frames.jsonl)" -eq 300 ] || fail "every candidate has a line"
[ "$(jq -r 'select(.kept)|.ref' whole/frames.jsonl | wc -l)" -eq "$(ls whole/*.jpg | wc -l)" ] || fail "kept frames"
kept=$(ls whole/*.jpg | wc -l)
for signal in KILL INT KILL; do
  "$MLOPSCTL" capture "$PATTERN" -o broken --every 2 --keep sharp,distinct,still --jobs 2 --resume >"$OUT" 2>"$ERR" &
  pid=$!
  before=$(ls broken/*.jpg 2>/dev/null | wc -l)
  for _ in $(seq 1000); do
    [ "$(ls broken/*.jpg 2>/dev/null | wc -l)" -gt $((before + 3)) ] && break
    sleep 0.01
  done
  kill -$signal $pid 2>/dev/null
  wait $pid 2>/dev/null
  jq -r 'select(.kept)|.ref' broken/frames.jsonl | while read -r frame; do cmp -s "broken/$frame" "whole/$frame" || echo "$frame"; done >"$OUT"
  [ ! -s "$OUT" ] || fail "a frame differs after SIG$signal"
done
run 0 capture "$PATTERN" -o broken --every 2 --keep sharp,distinct,still --resume --json
json .frames_kept "$kept"
diff -r whole broken >"$OUT" || fail "resumed is not the same as whole"
run 2 capture "$PATTERN" -o broken --every 2 --keep sharp --resume
err_has 'broken: was captured with keep "sharp,distinct,still", now it is "sharp"'

# The report: every candidate, in order, with its reason; nothing is asked of a network.
P='pattern:shapes?seed=5&size=320x240&fps=20&seconds=10&blur=0.2&transition=0.3'
run 0 capture "$P" -o seen --keep sharp,distinct,still --report page.html --every 2
diff <(grep -o 'data-reason="[a-z-]*"' page.html) <(jq -r '"data-reason=\"\(.reason)\""' seen/frames.jsonl) >"$OUT" || fail "the page's reasons are not the journal's"
[ "$(grep -c 'src="data:image/jpeg;base64,' page.html)" -eq 100 ] || fail "a thumbnail for each candidate"
! grep -qE 'src="?(https?:)?//|<link' page.html || fail "the page asks a network"
grep -qF 'aria-label="Kept and dropped frames"' page.html || fail "no timeline"
run 2 capture "$P" -o seen2 --report page.html --every 2
err_has "page.html: already exists"
[ ! -e seen2 ] || fail "refused, and a folder is there"
run 0 capture "$P" -o seen --keep sharp,distinct,still --report page2.html --every 2 --resume
cmp page.html page2.html || fail "the page of a resumed capture differs"
run 0 capture "$P" -o plain --report plain.html --every 20
[ "$(grep -c 'data-reason="kept"' plain.html)" -eq 10 ] || fail "a page without rules"
