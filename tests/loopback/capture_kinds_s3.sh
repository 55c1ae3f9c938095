# capture -o s3://...: clips, classes and many sources at once: the bucket ends with what a folder would hold, also after kill -9 and Ctrl-C.
. "$(dirname "$0")/../cli/lib.sh"
. "$HERE/lib.sh"
PATTERN='pattern:shapes?seed=3&size=160x120&fps=20&seconds=20'
SPOOL=$HOME/.local/state/mlopsctl/spool
same_as() { # FOLDER URL
  rm -rf back
  run 0 store sync "$2" back
  jq -r '.files[] | "\(.digest[7:])  back/\(.name)"' back/_COMPLETE.json | sha256sum -c --quiet > "$OUT" 2> "$ERR" || fail "$2: other digests"
  rm back/_COMPLETE.json
  diff -r "$1" back > "$OUT" || fail "$2 is not $1"
}
puts() { grep -c "^PUT .*/clip[0-9]*\.[mj]p[4g] .*200$" "$1"; }
behind() { # ARGUMENTS...
  "$MLOPSCTL" capture "$@" > "$OUT" 2> "$ERR" < /dev/null &
  PID=$!
}
ended() { # RC
  local got=0
  wait $PID 2> /dev/null || got=$?
  [ $got -eq "$1" ] || fail "exit $got, expected $1"
}

# Clips with a picture each, killed three times.
CLIPS="--clips 200ms --frame-of-clip middle"
# shellcheck disable=SC2086 # two options
run 0 capture "$PATTERN" -o clips $CLIPS
proxy kill.log slow
for files in 5 60 110; do
  # shellcheck disable=SC2086
  behind "$PATTERN" -o s3://bucket/clips $CLIPS --resume
  for _ in $(seq 600); do
    [ "$(puts kill.log)" -lt $files ] || break
    sleep 0.02
  done
  kill -9 $PID
  wait $PID 2> /dev/null
done
direct
# shellcheck disable=SC2086
run 0 capture "$PATTERN" -o s3://bucket/clips $CLIPS --resume --json
json '[.clips_written, .frames_kept, .clips_written_before > 0]' '[100,400,true]'
same_as clips s3://bucket/clips
[ -z "$(grep -o '^PUT .*/clip[0-9]*\.[mj]p[4g] .* 200$' kill.log | cut -d' ' -f2 | sort | uniq -d)" ] || fail "a clip was stored twice"
# shellcheck disable=SC2086
run 0 capture "$PATTERN" -o s3://bucket/clips $CLIPS --resume --json
json '[.clips_written, .frames_kept, .frames_read]' '[100,400,0]'

# Classes, and a session.
run 0 capture "$PATTERN" -o class --class shapes --every 20
run 0 capture "$PATTERN" -o s3://bucket/class --class shapes --every 20
same_as class s3://bucket/class
run 0 capture "$PATTERN" -o session --session --classes A,B --per-class 5
run 0 capture "$PATTERN" -o s3://bucket/session --session --classes A,B --per-class 5 --json
json .classes '{"A":5,"B":5}'
same_as session s3://bucket/session
run 0 capture "$PATTERN" -o s3://bucket/session --session --classes A,B --per-class 5 --resume --json
json .classes '{"A":5,"B":5}'

# A session in front of a camera is not finished by Ctrl-C: --resume goes on with the classes that are missing.
run 0 capture 'pattern:shapes?size=64x48&fps=10&seconds=2' -o made
start python3 "$HERE/mjpeg_server.py" > camera.port
wait_for camera.port
CAMERA=http://127.0.0.1:$(cat camera.port)
live() { behind "$CAMERA/10000" -o s3://bucket/live --session --classes A,B --per-class 20 --countdown 100ms --resume --json; }
live
for _ in $(seq 500); do
  [ "$(cat "$SPOOL"/bucket-live-*/frames.jsonl 2> /dev/null | wc -l)" -lt 25 ] || break
  sleep 0.02
done
kill -INT $PID
ended 130
err_has "--resume goes on from there"
run 1 manifest build s3://bucket/live -o x.manifest
err_has "s3://bucket/live/: was not finished"
live
ended 0
json .classes '{"A":20,"B":20}'
run 0 store sync s3://bucket/live live
[ "$(wc -l < live/labels.manifest)" -eq 40 ] && [ "$(ls live/*.jpg | wc -l)" -eq 40 ] || fail "the session is not whole"

# Many at once: two cameras and a file; Ctrl-C. What cameras gave is sent and finished, the file goes on later.
cat > many.yaml <<YAML
sources:
  - {name: one, source: $CAMERA/10000}
  - {name: two, source: $CAMERA/10000, clips: 500ms}
  - {name: long, source: 'pattern:shapes?size=160x120&seconds=200', every: 5}
YAML
proxy many.log slow
behind --sources many.yaml -o s3://bucket/many
for _ in $(seq 600); do
  [ "$(grep -c '^PUT .*/one/frame.*200$' many.log)" -lt 5 ] || [ "$(grep -c '^PUT .*/two/clip.*200$' many.log)" -lt 2 ] || break
  sleep 0.02
done
kill -INT $PID
ended 130
for name in one two; do
  run 0 store sync s3://bucket/many/$name many/$name
  jq -e '.files | length > 3' many/$name/_COMPLETE.json > "$OUT" || fail "$name is not finished"
  [ "$(jq -s 'map(select(.kept)) | length' many/$name/frames.jsonl)" -eq "$(find many/$name -name '*.jpg' -o -name '*.mp4' | wc -l)" ] || fail "$name: journal and files differ"
done
direct
sed -i '/name: one/d; /name: two/d' many.yaml
run 0 capture --sources many.yaml -o s3://bucket/many --resume
run 0 capture 'pattern:shapes?size=160x120&seconds=200' -o long --every 5
same_as long s3://bucket/many/long
[ -z "$(ls -A "$SPOOL")" ] || fail "something is left in the spool: $(ls -A "$SPOOL"/*)"
echo ok
