# capture --sources: many at once, each with a folder and a fate of its own.
. "$(dirname "$0")/../lib.sh"
P='pattern:shapes?size=160x120&fps=30&seconds=3'
mkdir pictures && run 0 capture "$P" -o some --at-most 3 && cp some/*.jpg pictures/
run 0 capture "$P" -o clips --clips 1s
cp clips/clip000000.mp4 film.mp4
mkfifo pipe
cat > all.yaml <<'YAML'
schema: mlopsctl.sources/1
defaults: {every: 10, keep: [sharp]}
sources:
  - {name: door, source: 'pattern:shapes?size=160x120&fps=30&seconds=3'}
  - name: gate
    source: missing.mp4
  - {name: yard, source: film.mp4, every: 15, keep: null, size: 80x60, file-name: 'yard{index:03}.jpg'}
  - {name: hall, source: pictures, every: 1, keep: null}
  - {name: pipe, source: pipe, every: 5, keep: []}
YAML
{
  printf 'YUV4MPEG2 W64 H48 F30:1 Ip A1:1 C420jpeg\n'
  for _ in $(seq 12); do printf 'FRAME\n' && head -c 4608 /dev/zero; done
} > pipe &
run 1 capture --sources all.yaml -o out --json --quality 90
json '[.schema, .output, .frames_kept]' "[\"mlopsctl.capture/1\",\"out\",$(cat out/*/frames.jsonl | jq -s 'map(select(.kept)) | length')]"
json '[.sources[] | .name]' '["door","gate","yard","hall","pipe"]'
json '[.sources[] | .ok]' '[true,false,true,true,true]'
json '[.sources[] | .frames_read]' '[90,0,30,3,12]'
json '.sources[1] | [.error, .output]' '["missing.mp4: no such file or folder","out/gate"]'
json '[.problems[] | [.rule, .place]]' '[["source-failed","gate"]]'
err_has "gate: failed: missing.mp4: no such file or folder"
err_has "error: gate: missing.mp4: no such file or folder; check the name; relative names start at the current folder [source-failed]"
[ ! -e out/gate ] || fail "a source that failed left a folder"

# The same as one by one.
run 0 capture "$P" -o alone/door --every 10 --keep sharp --quality 90
run 0 capture film.mp4 -o alone/yard --every 15 --size 80x60 --name 'yard{index:03}.jpg' --quality 90
run 0 capture pictures -o alone/hall --quality 90 --every 1
for name in door yard hall; do diff -r alone/$name out/$name > "$OUT" || fail "$name is not as if it were captured alone"; done

sed -i '/name: pipe/d' all.yaml

# Again: what is there is not touched; --resume goes on where something is missing.
run 1 capture --sources all.yaml -o out --quality 90 < /dev/null
err_has "error: door: out/door: already exists; pass --resume to go on, --overwrite to replace it, or give another -o"
head -n 4 out/door/frames.jsonl > kept && cp kept out/door/frames.jsonl && rm out/door/frame000006.jpg out/yard/yard001.jpg
cp film.mp4 missing.mp4
run 0 capture --sources all.yaml -o out --quality 90 --resume --json
json '[.sources[] | .frames_kept_before > 0]' '[true,false,true,true]'
for name in door yard hall; do diff -r alone/$name out/$name > "$OUT" || fail "$name after --resume"; done
run 0 capture --sources all.yaml -o out --quality 90 --overwrite
out_has "out/gate: "
mkdir report && sed 's/name: door,/name: door, report: door.html,/' all.yaml > report.yaml
run 0 capture --sources report.yaml -o report
grep -q 'frame000000' report/door/frames.jsonl && [ -s door.html ] || fail "no page"

# Two captures into one folder.
cat > endless.yaml <<'YAML'
sources:
  - {name: one, source: 'pattern:shapes?size=160x120&seconds=36000', every: 30}
  - {name: two, source: 'pattern:shapes?size=160x120&seconds=36000&seed=2', clips: 500ms, frame-of-clip: middle}
  - {name: idle, source: pipe-idle}
  - {name: nobody, source: pipe-nobody}
YAML
mkfifo pipe-idle pipe-nobody
sleep 60 > pipe-idle &
writer=$!
"$MLOPSCTL" capture --sources endless.yaml -o live > live.out 2> live.err < /dev/null &
pid=$!
for _ in $(seq 500); do [ ! -e live/one/frame000003.jpg ] || [ ! -e live/two/clip000003.mp4 ] || break; sleep 0.02; done
grep -v pipe- endless.yaml > two.yaml
run 1 capture --sources two.yaml -o live --resume
err_has "error: one: live/one: "
err_has "error: two: live/two: "
# Ctrl-C: also those that wait for a pipe nobody writes to, or nobody has opened.
kill -INT $pid
for _ in $(seq 250); do kill -0 $pid 2> /dev/null || break; sleep 0.02; done
got=0
wait $pid || got=$?
kill $writer
cp live.err "$ERR"
[ $got -eq 130 ] || fail "exit $got after Ctrl-C"
err_has "one: stopped: "
err_has "idle: stopped: 0 kept of 0 read"
[ "$(ls live/one/*.jpg | wc -l)" -eq "$(jq -s 'map(select(.kept)) | length' live/one/frames.jsonl)" ] || fail "journal and frames differ"
[ "$(ls live/two/*.mp4 | wc -l)" -eq "$(wc -l < live/two/frames.jsonl)" ] || fail "journal and clips differ"
[ -z "$(find live -name '.*' -type f)" ] || fail "something was left: $(find live -name '.*')"

# Passwords are not in the file, and nowhere else.
cat > secret.yaml <<'YAML'
sources:
  - {name: a, source: 'rtsp://user:${CAMERA_PASSWORD}@127.0.0.1:1/x', max-gap: 0}
  - {name: b, source: 'http://user:literal-canary@127.0.0.1:1/x?token=canary', max-gap: 0}
YAML
run 2 capture --sources secret.yaml -o secret
err_has 'secret.yaml:2: source: ${CAMERA_PASSWORD} is not set in the environment'
export CAMERA_PASSWORD='ca@nary/?#'
run 1 capture --sources secret.yaml -o secret --json
json '[.sources[] | .source]' '["rtsp://127.0.0.1:1/x","http://127.0.0.1:1/x"]'
err_has "a: failed: rtsp://127.0.0.1:1/x: cannot be opened"
! grep -qE 'canary|ca@nary|ca%40nary' "$OUT" "$ERR" || fail "a password is shown"

# What a file may not say.
refused() { # TEXT MESSAGE
  printf '%s\n' "$1" > bad.yaml
  run 2 capture --sources bad.yaml -o bad
  err_has "bad.yaml$2"
  [ ! -e bad ] || fail "a refused file left a folder"
}
refused 'sources: []' ": has no list of sources; such as"
refused 'source: []' ":1: unknown key 'source', did you mean 'sources'?"
refused 'sources: [door]' ":1: sources: is text, a mapping was expected"
refused 'sources: [{source: camera:0}]' ":1: a source has no name"
refused 'sources: [{name: a}]' ":1: source: is missing"
refused $'sources:\n  - {name: a, source: x.mp4, qualty: 90}' ":2: unknown key 'qualty', did you mean 'quality'?"
refused $'defaults: {qualty: 90}\nsources:\n  - {name: a, source: x.mp4}' ":1: unknown key 'qualty', did you mean 'quality'?"
refused 'defaults: [fps]' ":1: defaults: is "
refused 'sources: [{name: a, source: x.mp4, quality: 101}]' ":1: a: --quality: 101 is not 1 to 100"
refused 'sources: [{name: a, source: x.mp4, quality: best}]' ":1: --quality: 'best' is not a whole number"
refused 'sources: [{name: a, source: x.mp4, fps: 1, every: 2}]' ":1: a: --fps, --every and --at-most are three ways"
refused 'sources: [{name: a, source: x.mp4, onnxruntime: /tmp/evil.so}]' ":1: onnxruntime: may not be set by a file"
for key in output resume sources endpoint-url profile; do refused "sources: [{name: a, source: x.mp4, $key: x}]" ":1: unknown key '$key'"; done
for name in a/b .. .hidden '""' '"a\\b"' '"a\eb"'; do refused "sources: [{name: $name, source: x.mp4}]" ":1: name: '"; done
refused $'sources:\n  - {name: a, source: x.mp4}\n  - {name: a, source: y.mp4}' ":3: name: 'a' is there twice"
refused $'sources:\n  - {name: a, source: "-"}\n  - {name: b, source: "-"}' ":3: b: standard input is a source already"
refused $'defaults: {report: x.html}\nsources:\n  - {name: a, source: x.mp4}\n  - {name: b, source: y.mp4}' ":4: b: report: 'x.html' is another source's page"
refused $'schema: mlopsctl.sources/2\nsources: [{name: a, source: x.mp4}]' ":1: schema"
refused "sources: [{name: a, source: 'x\${'}]" ":1: source: '\${' without its '}'"
{ echo 'sources:'; seq -f '  - {name: s%g, source: x.mp4}' 65; } > many.yaml
run 2 capture --sources many.yaml -o bad
err_has "many.yaml:2: 65 sources, at most 64"
run 2 capture --sources all.yaml -o bad --report page.html
err_has "--report: every source has a page of its own; give them in all.yaml: 'report: door.html'"
run 2 capture --sources all.yaml -o bad --set decoder.score_threshold=0.1
err_has "--set: changes a model's settings, and there is no model"
run 2 capture film.mp4 --sources all.yaml -o bad
err_has "SOURCE and --sources are two ways to say what is captured; give one of them"
run 1 capture --sources nothing.yaml -o bad
err_has "nothing.yaml"
run 2 capture -o bad
err_has "SOURCE is missing"
