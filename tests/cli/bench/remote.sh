# bench push, pull and export, as far as they go without a network.
. "$(dirname "$0")/../lib.sh"
no_cloud

row() { # ID SECONDS ACCURACY(or null) NOTE
  printf '{"schema_version":1,"id":"sha256:%064d","time":"2026-01-01T00:00:0%d.000Z","tag":"t","note":"%s","model":"m","objects":433,"overrides":["a=1","b=2"],"seconds":%s,"accuracy":%s}' "$1" "$1" "$4" "$2" "$3"
}
# The file's form is the program's own: an empty table made by a pull is filled by hand.
python3 - "$(row 1 66.63697910308838 0.75 '=1+1')" "$(row 2 3 null 'a, \"b\"')" << 'PY'
import json, sqlite3, sys
db = sqlite3.connect("bench.db")
db.executescript("""PRAGMA application_id=1835822960; PRAGMA user_version=1;
CREATE TABLE rows (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time TEXT NOT NULL, tag TEXT NOT NULL,
  model TEXT NOT NULL, model_digest TEXT NOT NULL, dataset_digest TEXT NOT NULL, document TEXT NOT NULL);""")
for text in sys.argv[1:]:
    row = json.loads(text)
    db.execute("INSERT INTO rows (id, time, tag, model, model_digest, dataset_digest, document) VALUES (?,?,?,?,'','',?)",
               (row["id"], row["time"], row["tag"], row["model"], text))
db.commit()
PY
run 0 bench export --layout size-time
[ "$(cat "$OUT")" = "size,time,true_prediction
433,66.63697910308838,75
433,3," ] || fail "other rows"
err_has "1 rows have no accuracy, so that their true_prediction is empty"
run 0 bench export --layout size-time --format json
json '[.schema, .rows[0].size, .rows[0].time, .rows[1].true_prediction]' '["mlopsctl.bench.size-time/1","433","66.63697910308838",null]'
run 0 bench export
out_has "'=1+1"
out_has '"a, ""b"""'
out_has "a=1 b=2"
run 0 bench export --json
json '[.schema, (.rows | length)]' '["mlopsctl.bench.rows/1",2]'
run 0 bench export -o out.csv --json
json '[.schema, .output, .rows_written]' '["mlopsctl.bench.export/1","out.csv",2]'
run 2 bench export -o out.csv
err_has "out.csv"
run 0 bench export -o out.csv --overwrite --tag nothing
out_has "out.csv: 0 rows"
run 1 bench export --table none.db
err_has "none.db: there is no such table"
run 2 bench export --layout wide
err_has "size-time"

# Between files it works too; a row that is there is passed over.
run 0 bench pull bench.db other.db
out_has "other.db: 2 of 2 rows were added, 0 were there"
run 0 bench push bench.db other.db --json
json '[.rows_read, .rows_added, .rows_there, .dry_run]' '[2,0,2,false]'
run 0 bench pull bench.db third.db --dry-run
out_has "third.db: 2 of 2 rows would be added, 0 were there"
[ ! -e third.db ] || fail "--dry-run wrote a file"

# What cannot be reached, or may not be.
run 2 bench push bench.db dynamodb://benchmark
err_has "no AWS region is set; give --region"
run 2 bench push bench.db dynamodb://b
err_has "no name of a table: 3 to 255 letters"
run 2 bench push bench.db 'dynamodb://benchmark?table=x'
err_has "only region= may follow the '?'"
run 2 bench push bench.db dynamodb://benchmark --region 'eu/../x'
err_has "'eu/../x' is no AWS region"
run 1 bench push bench.db dynamodb://benchmark --region eu-west-1
err_has "no AWS credentials: not in the environment, not in profile 'default'"
run 1 bench push bench.db dynamodb://benchmark --region eu-west-1 --profile none
err_has "profile 'none' is neither in"
export AWS_ACCESS_KEY_ID=AKIDCANARY AWS_SECRET_ACCESS_KEY=CANARYsecret
run 2 bench push bench.db dynamodb://benchmark --endpoint-url http://192.0.2.1:8000 --region eu-west-1
err_has "http://192.0.2.1:8000: is another machine, and not encrypted; use https, or allow it with --plain-http"
run 2 bench push bench.db dynamodb://benchmark --endpoint-url 'http://user:CANARYpassword@127.0.0.1:9'
err_has "--endpoint-url: has user info in it"
run 1 bench push bench.db dynamodb://benchmark --endpoint-url http://127.0.0.1:9 -v
err_has "http://127.0.0.1:9: "
err_has "check --endpoint-url"
! grep -q CANARY "$OUT" "$ERR" || fail "a secret was printed"
mkdir -p .aws
printf '[default]\nrole_arn = arn:aws:iam::1:role/r\nregion = eu-west-1\n' > .aws/config
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
run 1 bench push bench.db dynamodb://benchmark
err_has 'run: eval "$(aws configure export-credentials --format env)"'

# A cloned project may not send the user's keys elsewhere.
printf 'bench:\n  push: {endpoint-url: "http://127.0.0.1:9"}\n' > mlops.yaml
run 2 bench push bench.db dynamodb://benchmark
err_has "endpoint-url"
