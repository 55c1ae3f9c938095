# manifest preview: the page and the contact sheet.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=2&seconds=4' -o frames
run 0 manifest preview frames/labels.manifest -o page.html --contact-sheet sheet.png --json
json '[.images_shown,.images_missing]' '[8,0]'
[ "$(grep -c '<figure ' page.html)" = 8 ] || fail "cards"
grep -q "default-src 'none'" page.html || fail "no policy"
! grep -Eq 'https?://|src="[^d]' page.html || fail "the page reaches out"
run 0 manifest preview frames/labels.manifest -o again.html --jobs 1
cmp page.html again.html || fail "not the same bytes"
run 0 manifest preview frames/labels.manifest -o other.html --sample first --show 3
[ "$(grep -o 'data-ref="[^"]*"' other.html | tr '\n' ' ')" = "$(grep -o 'data-ref="[^"]*"' page.html | head -n 3 | tr '\n' ' ')" ] || fail "--sample first"
grep -q '<b id="shown">3</b> of 3 chosen' other.html || fail "says that these are some of more"
run 0 manifest preview frames/labels.manifest -o one.html --sample per-class --show 2
run 0 manifest preview frames/labels.manifest -o sheet2.png --cell 64 --show 6

# hostile names stay text; a picture that is not there leaves its place; what is broken comes with its rule
cat > hostile.manifest <<'X'
{"source-ref":"s3://b/<script>alert(1)</script>\"onerror=x.jpg","bb":{"image_size":[{"width":64,"height":48,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":1,"width":1,"height":9},{"class_id":0,"left":60,"top":1,"width":10,"height":9}]},"bb-metadata":{"objects":[{"confidence":0.5},{"confidence":1}],"class-map":{"0":"<img src=x onerror=alert(2)>"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"x"}}
{"source-ref":"s3://b/u.jpg"}
X
run 0 manifest preview hostile.manifest -o hostile.html
out_has "2 images of 2, 2 without a picture"
! grep -q '<script>alert\|<img src=x' hostile.html || fail "a name became markup"
grep -q 'the picture was not found' hostile.html || fail "no reason"
grep -q 'data-value="tiny-box"' hostile.html && grep -q 'data-value="box-outside-image"' hostile.html || fail "rules"
grep -q 'not labelled' hostile.html || fail "unlabelled"
echo 'no picture' > u.jpg
run 0 manifest preview hostile.manifest -o broken.html --images . --overwrite
grep -q 'u.jpg: ' broken.html || fail "why it cannot be read"

run 2 manifest preview frames/labels.manifest -o page.html
err_has "page.html: already exists"
run 2 manifest preview frames/labels.manifest -o page.pdf
err_has "is neither .html nor .png"
run 2 manifest preview frames/labels.manifest -o x.png --contact-sheet y.png
err_has "two contact sheets"
run 2 manifest preview frames/labels.manifest -o x.html --show 0
err_has "--show: 0 is not from 1 to 10000"
run 2 manifest preview frames/labels.manifest -o x.html --sample best
err_has "'best' is unknown"
run 2 manifest preview frames/labels.manifest -o x.png --show 8 --cell 4000
run 1 manifest preview frames/labels.manifest -o x.html --where 'source == 1'
err_has "no image to show"
run 1 manifest preview nowhere -o x.html
