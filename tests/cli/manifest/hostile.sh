# Hostile input to every reader of labels: a clear message or a result, in bounded memory and time, never a crash.
. "$(dirname "$0")/../lib.sh"
prlimit --version >/dev/null 2>&1 || { echo "SKIPPED: needs prlimit, which is not here"; exit 77; }
# Address space, not resident memory: generous for what is mapped, far below what the inputs would like to have.
bounded() { # MAX_RC ARGS...: any exit code up to MAX_RC, in 2.5 GB and 60 s; with words if it failed
  local most=$1 got=0
  shift
  timeout 60 prlimit --as=2500000000 "$MLOPSCTL" "$@" >"$OUT" 2>"$ERR" </dev/null || got=$?
  [ "$got" -le "$most" ] || fail "exit $got: mlopsctl $*"
  [ "$got" -eq 0 ] || [ -s "$ERR" ] || fail "failed without a word: mlopsctl $*"
}
formats=$("$MLOPSCTL" formats --json | jq -r '.formats[].name')
files=$("$MLOPSCTL" formats --json | jq -r '.formats[] | select(.extensions | length > 0) | .name')

# 0 bytes, only a byte order mark, only line ends, binary noise, NUL bytes, UTF-16
: > empty
printf '\xef\xbb\xbf' > bom
printf '\r\n\r\n\n' > ends
head -c 65536 /dev/zero > zeros
python3 -c 'import random,sys; random.seed(1); sys.stdout.buffer.write(bytes(random.randrange(256) for _ in range(65536)))' > noise
printf '{"images":[]}' | python3 -c 'import sys; sys.stdout.buffer.write(sys.stdin.read().encode("utf-16"))' > utf16
for file in empty bom ends zeros noise utf16; do
  bounded 1 manifest stats $file
  for format in $formats; do bounded 1 manifest stats $file --from "$format"; done
done

# 10^7 brackets, alone and where a list is expected
python3 -c 'print("[" * 10**7)' > deep
python3 -c 'print("{\"images\":" + "[" * 10**7)' > deep.json
python3 -c 'print("{\"images\":[],\"categories\":[],\"annotations\":[" + "[" * 5000 + "]" * 5000 + "]}")' > deep2.json
python3 -c 'print("{\"source-ref\":" + "{\"a\":" * 10**6)' > deep.manifest
python3 -c 'print("<annotation>" + "<a>" * 10**6)' > deep.xml
for file in deep deep.json deep2.json deep.manifest deep.xml; do
  for format in $files; do bounded 1 manifest stats $file --from "$format"; done
done

# a line of 1 GB, from a file without holes read as every line format
head -c 1000000000 /dev/zero | tr '\0' a > line
for format in ground_truth predictions csv coco label_studio; do
  bounded 1 manifest stats line --from $format
  [ -s "$ERR" ] || fail "a line of 1 GB passed as $format"
done
rm line

# XML that multiplies or reaches out
for root in annotation annotations; do
  printf '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><%s>&b;&c;</%s>' $root $root > bomb.xml
  for format in voc cvat; do
    bounded 1 manifest stats bomb.xml --from $format
    ! grep -q root: "$OUT" "$ERR" || fail "an entity was read"
  done
done

# boxes and ids that are no numbers, or beyond every bound
for number in NaN Infinity -1e308 1e308 1e999 -0.0 12345678901234567890123; do
  printf '{"source-ref":"s3://b/a.jpg","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[{"class_id":0,"left":%s,"top":1,"width":%s,"height":9}]},"bb-metadata":{"objects":[],"class-map":{"0":"dog"},"type":"groundtruth/object-detection"}}\n' $number $number > n.manifest
  bounded 1 manifest convert n.manifest n.json --overwrite
  printf '{"images":[{"id":%s,"file_name":"a.jpg","width":64,"height":48}],"annotations":[{"id":1,"image_id":%s,"category_id":1,"bbox":[%s,1,2,3]}],"categories":[{"id":1,"name":"dog"}]}' $number $number $number > n2.json
  bounded 1 manifest convert n2.json n2.manifest --overwrite
  printf 'filename,class,xmin,ymin,xmax,ymax\na.jpg,dog,%s,1,%s,9\n' $number $number > n.csv
  bounded 1 manifest convert n.csv n3.manifest --overwrite
  for written in n.json n2.manifest n3.manifest; do
    [ ! -e $written ] || ! grep -qiE 'nan|inf' $written || fail "$number was written"
  done
done
# ids that doubles cannot tell apart stay apart
printf '{"images":[{"id":9007199254740993,"file_name":"a.jpg","width":9,"height":9},{"id":9007199254740992,"file_name":"b.jpg","width":9,"height":9}],"annotations":[{"id":1,"image_id":9007199254740993,"category_id":1,"bbox":[1,1,2,2]}],"categories":[{"id":1,"name":"dog"}]}' > big.json
run 0 manifest convert big.json big.manifest
[ "$(jq -c '[."source-ref", (."bounding-box".annotations | length)]' big.manifest | tr '\n' ' ')" = '["a.jpg",1] ["b.jpg",0] ' ] || fail "$(cat big.manifest)"

# names twice, text that is not UTF-8
printf '{"source-ref":"s3://b/a.jpg","source-ref":"s3://b/b.jpg"}\n' > twice.manifest
run 1 manifest convert twice.manifest x.json
err_has "'source-ref' stands twice"
printf '{"source-ref":"s3://b/\xff\xfe.jpg"}\n' > utf8.manifest
bounded 1 manifest convert utf8.manifest utf8.json

# a header that claims 10^9 pixels
python3 - <<'X'
import struct, zlib
def chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
open('huge.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 31623, 31623, 8, 2, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(b'\0' * 100)) + chunk(b'IEND', b''))
X
printf '{"source-ref":"huge.png","bb":{"image_size":[{"width":31623,"height":31623,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":1,"width":9,"height":9}]},"bb-metadata":{"objects":[],"class-map":{"0":"dog"},"type":"groundtruth/object-detection"}}\n' > huge.manifest
bounded 1 manifest preview huge.manifest -o huge.html
bounded 1 manifest augment huge.manifest -o huge-out --ops flip-x
bounded 1 manifest crop huge.manifest -o huge-out
[ ! -e huge-out ] || fail "something was made of a picture that was refused"

# line ends and byte order marks do not matter
line='{"source-ref":"s3://b/a.jpg","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[]},"bb-metadata":{"objects":[],"class-map":{},"type":"groundtruth/object-detection","human-annotated":"yes","job-name":"x"}}'
printf '\xef\xbb\xbf%s\r\n\r\n%s\r\n' "$line" "${line/a.jpg/b.jpg}" > crlf.manifest
run 0 manifest stats crlf.manifest --json
json .images_read 2

# names of images that lead elsewhere, or that files cannot have: nothing outside of the output
mkdir work
cd work || exit 1
for name in '../up.jpg' '../../up.jpg' '/tmp/mlopsctl-hostile/up.jpg' 'a b (1).jpg' 'a%2e%2e.jpg' 'a+b.jpg' 'smile 😀.jpg' 'two\nlines.jpg' '..' 's3://b/../up.jpg' 'CON' "$(printf 'x%.0s' $(seq 300)).jpg"; do
  printf '{"source-ref":"%s","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":1,"width":9,"height":9}]},"bb-metadata":{"objects":[{"confidence":0}],"class-map":{"0":"../dog"},"type":"groundtruth/object-detection","human-annotated":"yes","job-name":"x"}}\n' "$name" > ../odd.manifest
  for format in $("$MLOPSCTL" formats --json | jq -r '.formats[] | select(.write) | .name'); do
    rm -rf out
    bounded 1 manifest convert ../odd.manifest out --to "$format"
  done
done
cd ..
[ ! -e up.jpg ] && [ ! -e up.xml ] && [ ! -e up.txt ] && [ ! -e /tmp/mlopsctl-hostile ] || fail "a name led out of the output"
[ -z "$(find work -mindepth 1 -maxdepth 1 ! -name out)" ] || fail "left beside the output: $(ls work)"
