# bench show --report: the page in a real browser, and what else show writes.
. "$(dirname "$0")/../lib.sh"
# Rows as bench run keeps them, without running anything: a table, and then other numbers in its documents.
. "$(dirname "$0")/../tiny.sh"
tiny_model tiny "$DET" detection fastestdet red
red_set 1
for tag in first second '<b>third'; do
  run 0 bench run --model tiny --data t.manifest --tag "$tag" --max-spread 10000
done
sqlite3 bench.db "UPDATE rows SET document = json_set(document, '$.map_50', 0.25 * number)"

run 0 bench show --sort map_50 --markdown rows.md --report page.html
[ "$(sed -n 3p rows.md | grep -c third)" = 1 ] || fail "the best row is not the first: $(cat rows.md)"
grep -qF '\<b\>third' rows.md || fail "a tag is markup"
[ "$(echo bench.db*)" = bench.db ] || fail "reading left files beside the table: $(ls -A)"
! grep -qE '<script|https?://|<b>third' page.html || fail "the page has a script, an address or markup of a tag"
cp page.html before.html
run 2 bench show --report page.html
err_has "page.html: already exists"
run 0 bench show --report page.html --overwrite
cmp page.html before.html || fail "the same rows give another page"
run 2 bench show --sort seed
err_has "--sort: 'seed' is no number that is better or worse"
run 2 bench show --sort accuracy
err_has "--sort: no row has 'accuracy'"
run 2 bench show --metric map_50
err_has "--metric: there is no --report"
run 2 bench show --report other.html --metric map50
err_has "--metric: no row has 'map50', did you mean 'map_50'?"
run 1 bench show --tag nobody --report other.html
err_has "bench.db: no such row, so there is nothing to report"
[ ! -e other.html ] || fail "a refused page was written"

# The page of bench run: its own rows' history and times, the curves, and the images with most errors.
cp bench.db run.db
run 0 bench run --model tiny --data t.manifest --table run.db --tag fourth --max-spread 10000 --report run.html
for part in 'fourth' '4 rows of a benchmark table' 'Latency of the newest runs' 'Precision and recall' '<b>third'; do
  case $part in
    '<b>'*) ! grep -qF "$part" run.html || fail "a tag is markup" ;;
    *) grep -qF "$part" run.html || fail "run.html lacks: $part" ;;
  esac
done
run 2 bench run --model tiny --data t.manifest --report run.html
err_has "run.html: already exists"
run 2 bench run --model tiny --data t.manifest --report t.manifest --overwrite
run 2 bench run --model tiny --data t.manifest --report -

# The page of bench score: two boxes on one picture, one of them wrong; a picture that is not there says so.
P='{"image":"1.png","width":16,"height":8,"detections":[{"label":"red","class_id":0,"score":0.9,"left":4,"top":2,"width":8,"height":4},{"label":"red","class_id":0,"score":0.8,"left":0,"top":0,"width":3,"height":3}]}'
echo "$P" > p.jsonl
run 0 bench score --truth t.manifest p.jsonl --report score.html
[ "$(grep -o '<rect class="truth"' score.html | wc -l)" = 1 ] || fail "truth boxes"
[ "$(grep -o '<rect class="found"' score.html | wc -l)" = 2 ] || fail "detections"
grep -qF '1 wrong, 0 missed' score.html || fail "errors are not counted"
grep -qF 'data:image/jpeg;base64,' score.html || fail "no picture"
grep -qF 'd="M60.0 10.0L' score.html || fail "no curve that starts at precision 1"
run 0 bench score --truth t.manifest p.jsonl --report none.html --score-threshold 0.95
grep -qF '0 wrong, 1 missed' none.html || fail "what is missed is not counted"
run 0 bench score --truth t.manifest p.jsonl --report gone.html --images tiny
grep -qF 'the picture was not found' gone.html || fail "a missing picture is passed over"
run 2 bench score --truth t.manifest p.jsonl --report score.html
err_has "score.html: already exists"

# A full disk is no matter for reading. A limit on the size of files stands for it.
(trap '' XFSZ; ulimit -f 0; "$MLOPSCTL" bench show --json) | jq -e '.rows | length == 3' > /dev/null || fail "a full disk cannot be read"

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "SKIPPED: needs chromium, which is not here"; exit 77; }
"$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync \
  --user-data-dir="$WORK/profile" --virtual-time-budget=3000 --dump-dom "file://$WORK/page.html" > dom.html 2> /dev/null
# map_50_95, map_50, p50_ms, images_per_s, and the distribution; three runs on each of the first four.
[ "$(grep -o '<figure class="chart">' dom.html | wc -l)" = 5 ] || fail "charts: $(grep -o '<figure class="chart">' dom.html | wc -l)"
[ "$(grep -o '<circle ' dom.html | wc -l)" -ge 12 ] || fail "points: $(grep -o '<circle ' dom.html | wc -l)"
[ "$(grep -o '<tbody>.*' dom.html | wc -l)" = 1 ] || fail "no table"
