# bench run of a classification model on pictures with one class each: accuracy and a row.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
tiny_model painter "$CLS" classification classification 'red, green, blue'
line() { # IMAGE ID NAME: the id as Ground Truth writes it, once a number, once a text
  printf '{"source-ref":"%s","paint":%s,"paint-metadata":{"class-name":"%s","confidence":0.9,"type":"groundtruth/image-classification","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"j"}}\n' "$@"
}
for i in 1 2 3; do
  echo "$RED" | base64 -d > red$i.png
  echo "$BLUE" | base64 -d > blue$i.png
done
{
  line red1.png 0 red
  line red2.png '"0"' red
  line blue1.png 7 blue
  line blue2.png '"7"' blue
} > right.manifest
run 0 bench run --model painter --data right.manifest --gate 'accuracy>=1' --json
json .rows[0].task classification
json .rows[0].accuracy 1
json '.rows[0].p50_ms > 0' true
{
  cat right.manifest
  line red3.png 7 blue # the label is wrong: the picture is red
} > wrong.manifest
run 3 bench run --model painter --data wrong.manifest --gate 'accuracy>=0.9' --json
err_has "gate 'accuracy>=0.9' not met"
json .rows[0].accuracy 0.8
run 0 bench show
out_has painter
run 0 bench show --json
json '.rows | length' 2

# What is none, and what other commands say of it.
line red1.png '"dog"' red > bad.manifest
run 1 bench run --model painter --data bad.manifest
err_has "bad.manifest:1: 'paint' is not a class id with a class-name in its metadata"
run 0 manifest convert right.manifest boxes.json
err_has "images whose kind of label the format does not know, left out: 4"
err_has "classes of whole images: 4"
out_has "0 images"
