# The benchmark table as a file: what is no table, what cannot be written, and kill -9 in the middle.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model tiny "$DET" detection fastestdet red
red_set 3

run 1 bench show
err_has "bench.db: there is no such table; 'mlopsctl bench run' makes it"
run 2 bench show --table postgres://benchmark
err_has "this build has no 'postgres' tables, only SQLite files and DynamoDB"
run 2 bench show --last 0
err_has "--last: 0 rows cannot be shown"
run 1 bench run --model tiny --data t.manifest --table no/bench.db
err_has "no/bench.db: there is no folder"
run 1 bench run --model tiny --data t.manifest --table tiny
err_has "tiny: is a folder"
run 1 bench run --model tiny --data t.manifest --table t.manifest
err_has "t.manifest: cannot be"
err_has "file is not a database"
run 1 bench show --table t.manifest
err_has "file is not a database"
sqlite3 songs.db 'CREATE TABLE songs (name TEXT)'
run 1 bench run --model tiny --data t.manifest --table songs.db
err_has "songs.db: is an SQLite database, but not a benchmark table"
run 0 bench run --model tiny --data t.manifest --table sqlite:bench.db
cp bench.db newer.db
sqlite3 newer.db 'PRAGMA user_version=9'
run 1 bench show --table newer.db
err_has "newer.db: is a benchmark table of version 9"

# No space: the message says so, and the rows that were there stay. A limit on the size of files stands for a full disk.
if (trap '' XFSZ; ulimit -f 1; "$MLOPSCTL" bench run --model tiny --data t.manifest) > "$OUT" 2> "$ERR"; then
  fail "a row was added without space"
fi
err_has "bench.db: cannot be"
run 0 bench show --json
json '.rows | length' 1

# Killed at eight different moments: every row is whole, and the next run goes on.
for ms in 5 20 40 60 80 100 150 300; do
  "$MLOPSCTL" bench run --model tiny --data t.manifest --sizes 1,2,3 > /dev/null 2>&1 &
  sleep "$(printf '0.%03d' $ms)"
  kill -9 $! 2> /dev/null
  wait $! 2> /dev/null
  run 0 bench show --json
  json '[.rows[] | select((.id | startswith("sha256:")) and (.map_50 > 0.99))] | length == ('"$(jq '.rows | length' "$OUT")"')' true
done
run 0 bench run --model tiny --data t.manifest
[ "$(sqlite3 bench.db 'PRAGMA integrity_check')" = ok ] || fail "the table is damaged"

# Four runs at once: none fails, no row is lost.
BEFORE=$(sqlite3 bench.db 'SELECT count(*) FROM rows')
for _ in 1 2 3 4; do
  "$MLOPSCTL" bench run --model tiny --data t.manifest --sizes 1,2 --threads 1 > /dev/null 2>> "$ERR" || echo failed >> failed &
done
wait
[ ! -e failed ] || fail "a run among four failed"
[ "$(sqlite3 bench.db 'SELECT count(*) FROM rows')" = $((BEFORE + 8)) ] || fail "rows are missing"
