# manifest scan: blurred and repeated pictures, and the list that manifest filter takes.
. "$(dirname "$0")/../lib.sh"
# Four scenes; a smaller, coarser copy of one (a repetition), and one shrunk beyond recognition of its edges (blurred).
mkdir pics
for seed in 11 12 13 14; do
  "$MLOPSCTL" capture "pattern:shapes?seed=$seed&size=320x240&fps=5&seconds=0.2" -o one --every 1 --quality 95 --overwrite -q >/dev/null 2>&1
  cp "$(find one -name '*.jpg' | head -n 1)" pics/s$seed.jpg || fail "no frame"
done
cp pics/s11.jpg pics/t11.jpg
run 0 manifest scan pics --json
json .schema mlopsctl.manifest.scan/1
json '[.images_read,.repetitions,.scale,.distance]' '[5,1,1,10]'
cp "$OUT" all.json
run 0 manifest scan pics --json --jobs 5
cmp all.json "$OUT" || fail "threads change the result"
run 0 manifest scan pics -o looks.jsonl --drop-list drop.txt
out_has "5 pictures: "
out_has "1 that repeat a sharper one"
jq -e -s 'length == 5 and (map(select(.repeats != null)) | length == 1) and all(.across | test("^[0-9a-f]{16}$"))' looks.jsonl >/dev/null || fail "looks.jsonl"
grep -q '^# looks like pics/s11.jpg' drop.txt || fail "drop.txt lacks the reason"
run 0 manifest build pics -o all.manifest -q
run 0 manifest filter all.manifest -o good.manifest --drop-list drop.txt
grep -q t11 good.manifest && fail "the repetition is still there"
[ "$(wc -l < good.manifest)" -eq 4 ] || fail "not 4 pictures are left"
# blurred is relative: with --blurred 1 everything below the median is
run 0 manifest scan pics --blurred 1 --json
[ "$(jq .blurred "$OUT")" -ge 1 ] || fail "nothing is below the median"
run 0 manifest scan pics --blurred 0 --json --scale 4
json '[.blurred,.scale]' '[0,4]'
run 0 manifest scan all.manifest -o -
[ "$(wc -l < "$OUT")" -eq 5 ] || fail "-o - prints one line a picture, and nothing else"
run 2 manifest scan pics -o looks.jsonl
err_has "looks.jsonl: already exists; pass --overwrite"
run 2 manifest scan pics -o - --json
err_has "with --json nothing else goes to stdout"
run 2 manifest scan pics -o a --drop-list a
err_has "--drop-list: 'a' is the output, too"
run 2 manifest scan pics --blurred 2
err_has "--blurred: 2 is not from 0 to 1"
run 2 manifest scan pics --scale 3
err_has "--scale: 3 is none of 1, 2, 4, 8"
run 2 manifest scan pics --distance 65
err_has "--distance: 65 is not from 0 to 16"
echo "no picture" > pics/bad.jpg
run 1 manifest scan pics -o never.jsonl
err_has "pics/bad.jpg: is not a JPEG, PNG or WebP"
[ ! -e never.jsonl ] || fail "written in spite of a bad picture"
mkdir empty
run 1 manifest scan empty
run 1 manifest scan nowhere
err_has "nowhere"
run 2 manifest scan
