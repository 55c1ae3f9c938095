# bench compare: rows and predictions; what is no worse, worse, and not to be told. Gates with a baseline.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model tiny "$DET" detection fastestdet red
red_set 20
measure() { run 0 bench run --model tiny --data t.manifest --max-spread 10000 "$@"; }

# Rows. A model that finds nothing: it takes red for blue.
run 1 bench compare latest~1 latest
err_has "bench.db: there is no such table"
measure --tag good
run 1 bench compare latest~1 latest
err_has "'latest~1': there are only 1 such rows"
measure --tag good
measure --tag blind --set input.color=bgr
run 0 bench compare good~1 good --metric map_50,map_50_95
out_has "NO WORSE: map_50_95, map_50"
run 3 bench compare good blind --metric map_50
out_has "REGRESSION: map_50"
run 0 bench compare blind good --metric map_50
ID=$(sqlite3 bench.db 'SELECT substr(id, 8, 12) FROM rows WHERE number = 1')
run 3 bench compare "$ID" latest --metric map_50 --json --markdown summary.md --junit junit.xml
json '.schema' mlopsctl.bench.compare/1
json '.finding' regression
json '.basis' rows
json '.numbers[] | select(.name == "map_50") | [.difference, .judged, .finding] | tostring' '[-1,true,"regression"]'
json '[.numbers[] | select(.judged)] | length' 1
"$MLOPSCTL" schema compare | jq -r '.required[]' | sort > required
jq -r 'keys[]' "$OUT" | sort > keys
[ -z "$(comm -23 required keys)" ] || fail "the document lacks: $(comm -23 required keys)"
grep -qF '### REGRESSION: map\_50' summary.md || fail "Markdown has no verdict: $(cat summary.md)"
grep -qF '| **REGRESSION** |' summary.md || fail "Markdown has no row"
grep -qF '<testcase classname="mlopsctl.bench.compare" name="map_50">' junit.xml || fail "JUnit has no case"
grep -qF 'tests="1" failures="1" errors="0"' junit.xml || fail "JUnit counts"
if command -v xmllint > /dev/null; then xmllint --noout junit.xml || fail "no XML"; fi
run 2 bench compare good latest --metric map_50 --junit junit.xml
err_has "junit.xml: already exists"
run 3 bench compare good latest --metric map_50 --junit junit.xml --overwrite
run 2 bench compare good latest --metric map50
err_has "--metric: 'map50' is not in both, did you mean 'map_50'?"
run 2 bench compare good latest --allow x
err_has "--allow: 'x' is no allowance"
run 2 bench compare good latest --allow windows=1
err_has "--allow: 'windows' is no number that can be worse"
run 1 bench compare good blond
err_has "no row with the id or tag 'blond', did you mean 'blind'?"
run 1 bench compare good ffffffff
err_has "no row with the id or tag 'ffffffff'"
run 0 bench compare good blind --metric map_50 --allow 2

# Times: an unstable row has no verdict, other machines and other scenarios are refused.
sqlite3 bench.db "UPDATE rows SET document = json_set(document, '$.spread_percent', 50.0, '$.p50_ms', 100.0, '$.p50_low_ms', 99.0, '$.p50_high_ms', 101.0) WHERE number = 1;
  UPDATE rows SET document = json_set(document, '$.spread_percent', 1.0, '$.p50_ms', 100.0, '$.p50_low_ms', 99.0, '$.p50_high_ms', 101.0) WHERE number = 2;
  UPDATE rows SET document = json_set(document, '$.spread_percent', 1.0, '$.p50_ms', 150.0, '$.p50_low_ms', 149.0, '$.p50_high_ms', 151.0) WHERE number = 3"
run 4 bench compare good~1 good --metric p50_ms
out_has "unstable: times moved by 50 % between windows, more than 10 %"
run 3 bench compare good blind --metric p50_ms
out_has "REGRESSION: p50_ms"
out_has "+48.2 ms ... +51.8 ms"
run 4 bench compare good blind --metric p50_ms --allow p50_ms=50%
out_has "NO VERDICT: p50_ms"
run 0 bench compare good blind --metric p50_ms --allow 52%
sqlite3 bench.db "UPDATE rows SET document = json_set(document, '$.cpu', 'another') WHERE number = 3"
run 1 bench compare good blind
err_has "p50_ms cannot be compared: the machines are not alike"
err_has "pass --across-machines"
run 3 bench compare good blind --across-machines
out_has "the machines are not alike"
run 3 bench compare good blind --metric map_50
out_lacks p50_ms
head -n 5 t.manifest > five.manifest
run 0 bench run --model tiny --data five.manifest --tag five --max-spread 10000
run 1 bench compare good five --metric map_50
err_has "map_50 cannot be compared: the data sets are not the same: 't.manifest' (20 images"

# Gates.
G='map_50 >= baseline.map_50 - 0.01'
measure --gate "$G" --baseline good
run 3 bench run --model tiny --data t.manifest --max-spread 10000 --set input.color=bgr --gate "$G" --baseline good
err_has "gate '$G' not met: map_50 0.0000, baseline.map_50 1.0000"
COUNT=$(sqlite3 bench.db 'SELECT count(*) FROM rows')
run 2 bench run --model tiny --data t.manifest --gate "$G"
err_has "there is no baseline; name it with --baseline ROW|TAG"
run 2 bench run --model tiny --data t.manifest --gate 'map_50>0' --baseline good
err_has "--baseline: no gate asks for it"
run 2 bench run --model tiny --data t.manifest --gate 'map_50>baseline.map50' --baseline good
err_has "unknown metric 'baseline.map50', did you mean 'map_50'?"
run 1 bench run --model tiny --data t.manifest --gate "$G" --baseline god
err_has "no row with the id or tag 'god', did you mean 'good'?"
run 1 bench run --model tiny --data t.manifest --gate "$G" --baseline five
err_has "--baseline 'five': the data sets are not the same"
run 1 bench run --model tiny --data t.manifest --gate 'p50_ms <= 2 * baseline.p50_ms' --baseline blind
err_has "--baseline 'blind': the machines are not alike"
run 1 bench run --model tiny --data t.manifest --gate "$G" --baseline latest --table fresh.db
err_has "fresh.db: has no row yet"
[ "$(sqlite3 bench.db 'SELECT count(*) FROM rows')" = "$COUNT" ] || fail "what is refused was measured"

# Predictions, image by image: B lacks the first N pictures' boxes.
predictions() { # FIRST FILE
  for i in $(seq 20); do
    boxes='{"label":"red","class_id":0,"score":0.9,"left":4,"top":2,"width":8,"height":4}'
    [ "$i" -gt "$1" ] || boxes=
    echo '{"image":"'$i'.png","width":16,"height":8,"detections":['$boxes']}'
  done > "$2"
}
predictions 0 a.jsonl
predictions 0 same.jsonl
predictions 1 one.jsonl
predictions 15 most.jsonl
run 0 bench compare a.jsonl same.jsonl --truth t.manifest --json
json '.numbers[0] | [.name, .low, .high, .finding] | tostring' '["map_50_95",0,0,"no worse"]'
json '[.basis, .images, .samples, .seed] | tostring' '["paired images",20,1000,1]'
run 4 bench compare a.jsonl one.jsonl --truth t.manifest
out_has "NO VERDICT: map_50_95, map_50"
run 3 bench compare a.jsonl most.jsonl --truth t.manifest --protocol voc
out_has "REGRESSION: map_50"
run 0 bench compare most.jsonl a.jsonl --truth t.manifest
run 3 bench compare a.jsonl most.jsonl --truth t.manifest --json --jobs 1
cp "$OUT" one_job.json
run 3 bench compare a.jsonl most.jsonl --truth t.manifest --json --jobs 4
cmp "$OUT" one_job.json || fail "the number of threads changes the result"
head -n 12 a.jsonl > part.jsonl
run 0 bench compare part.jsonl same.jsonl --truth t.manifest --json
json .images 12
err_has "8 of 20 images were left out"
sed 's/"image":"/"image":"other/' a.jsonl > other.jsonl
run 1 bench compare a.jsonl other.jsonl --truth t.manifest
err_has "other.jsonl: none of its images is in t.manifest"
head -n 5 a.jsonl > first.jsonl
tail -n 5 a.jsonl > last.jsonl
run 1 bench compare first.jsonl last.jsonl --truth t.manifest
err_has "the two have no image in common"
: > empty.jsonl
run 1 bench compare a.jsonl empty.jsonl --truth t.manifest
run 1 bench compare a.jsonl gone.jsonl --truth t.manifest
err_has "gone.jsonl"
run 2 bench compare a.jsonl same.jsonl --truth t.manifest --samples 5
err_has "--samples: 5 is not from 100 to 100000"
run 2 bench compare a.jsonl same.jsonl --truth t.manifest --metric p50_ms
err_has "--metric: 'p50_ms' is not in both"
run 2 bench compare a.jsonl same.jsonl --truth t.manifest --across-machines
err_has "predictions have no times"
run 1 bench compare a.jsonl same.jsonl
err_has "with --truth F they are files of predictions"
run 2 bench compare a.jsonl
# bench score with gates.
run 0 bench score --truth t.manifest a.jsonl --gate "$G" --gate 'precision == 1 and recall == 1' --baseline good
run 3 bench score --truth t.manifest most.jsonl --gate "$G" --baseline good
err_has "mlopsctl bench score: gate '$G' not met: map_50 0.2"
run 3 bench score --truth t.manifest a.jsonl --gate 'map_50 > 1' --json
json .metrics.map_50 1
run 4 bench score --truth t.manifest one.jsonl --gate 'map_50 >= baseline.map_50' --baseline good
err_has "within the 95 % intervals it might be"
run 4 bench score --truth t.manifest a.jsonl --gate 'map_large > 0'
err_has "map_large is undefined"
run 2 bench score --truth t.manifest a.jsonl --gate 'p50_ms < 5'
err_has "unknown metric 'p50_ms'"
run 1 bench score --truth five.manifest a.jsonl --gate "$G" --baseline good
err_has "--baseline 'good': the data sets are not the same"

run 0 bench compare --help
out_has "Examples"
run 2 bench compare latest latest~1 --table t.db --protocol voc
err_has "--protocol: is for predictions, and without --truth these are rows"
