# Frames of a video through a model: chosen as capture chooses them, the same at any number of slices of time.
. "$(dirname "$0")/../lib.sh"
MODEL=$MLOPSCTL_SOURCE/examples/shapes/model
# Any machine can make it: uncompressed, a dark square on grey that moves to the right.
{
  printf 'YUV4MPEG2 W64 H48 F10:1 Ip A1:1 C420jpeg\n'
  for i in $(seq 0 39); do
    printf 'FRAME\n'
    head -c 960 /dev/zero | tr '\0' '\200'
    for _ in $(seq 16); do
      head -c $((4 + i)) /dev/zero | tr '\0' '\200'
      head -c 16 /dev/zero | tr '\0' '\050'
      head -c $((44 - i)) /dev/zero | tr '\0' '\200'
    done
    head -c 1088 /dev/zero | tr '\0' '\200'
    head -c 1536 /dev/zero | tr '\0' '\200'
  done
} > 'a film.y4m'
cp 'a film.y4m' film # and without a name that says what it is
run 0 infer --model "$MODEL" 'a film.y4m' --no-timing --threads 1 -o whole.jsonl --json
json '[.images, (.failed | length)]' '[40,0]'
[ "$(head -n 2 whole.jsonl | jq -c '[.image, .group, .time_s, .width, .height]' | tr '\n' ' ')" = \
  '["a film.y4m#t=0","a film.y4m",0,64,48] ["a film.y4m#t=0.1","a film.y4m",0.1,64,48] ' ] || fail "$(head -n 2 whole.jsonl)"
[ "$(jq -r .image whole.jsonl | sort -u | wc -l)" -eq 40 ] || fail "frames of one name"

# The same choice as capture's, and the same pixels: the predictions of the stored frames, up to JPEG.
run 0 capture 'a film.y4m' -o frames --fps 4
run 0 infer --model "$MODEL" 'a film.y4m' --fps 4 --no-timing -o four.jsonl --draw drawn
[ "$(jq -s -c 'map(.time_s)' four.jsonl)" = "$(jq -s -c 'map(.time_s)' frames/frames.jsonl)" ] || fail "other frames than capture's"
[ "$(ls drawn | head -n 2 | tr '\n' ' ')" = "a film-000000.jpg a film-000003.jpg " ] || fail "drawn: $(ls drawn)"
run 0 infer --model "$MODEL" 'a film.y4m' --every 7 --duration 2s --no-timing -o seven.jsonl
[ "$(jq -s -c 'map(.time_s)' seven.jsonl)" = '[0,0.7,1.4]' ] || fail "$(jq -s -c 'map(.time_s)' seven.jsonl)"
run 2 infer --model "$MODEL" "$MODEL/../model/model.yaml" --at-most 3
err_has "--at-most chooses frames of videos, and there is none"
run 2 infer --model "$MODEL" 'a film.y4m' --every 7 --fps 2
err_has "three ways to choose frames"

# Slices of time: in order they are the whole, also of chosen frames, also beside pictures.
for count in 1 7; do
  : > "slices$count.jsonl"
  for i in $(seq "$count"); do
    run 0 infer --model "$MODEL" 'a film.y4m' --no-timing --threads 1 --shard "$i/$count" -o one.jsonl --overwrite -q
    cat one.jsonl >> "slices$count.jsonl"
  done
  cmp "slices$count.jsonl" whole.jsonl || fail "$count slices are not the whole"
done
for i in 1 2 3; do
  run 0 infer --model "$MODEL" 'a film.y4m' frames --fps 4 --no-timing --shard $i/3 -o mixed$i.jsonl
done
run 0 infer --model "$MODEL" 'a film.y4m' frames --fps 4 --no-timing -o mixed.jsonl
sort mixed?.jsonl | cmp - <(sort mixed.jsonl) || fail "slices of a video and pictures are not the whole"

# A slice that is not given is told by its place in the video.
run 0 infer --model "$MODEL" 'a film.y4m' --threshold evaluate -o p.jsonl
run 0 manifest convert p.jsonl truth.json --to coco
for i in 1 2 3 4; do run 0 infer --model "$MODEL" 'a film.y4m' --threshold evaluate --shard $i/4 -o p$i.jsonl; done
run 0 bench score --truth truth.json --predictions p1.jsonl p2.jsonl p3.jsonl p4.jsonl --shards 4
run 1 bench score --truth truth.json --predictions p1.jsonl p2.jsonl p4.jsonl --shards 4
err_has "there is no prediction for a film.y4m (10 of its 40 images, 'a film.y4m#t=2' to 'a film.y4m#t=2.9')"

# Other names, and files that are no videos.
printf '\032\105\337\243nothing' > broken
run 1 infer --model "$MODEL" broken -o n.jsonl
err_has "broken: is not a video that can be read"
run 2 infer --model "$MODEL" missing.mp4 --fps 0
run 1 infer --model "$MODEL" missing.mp4
err_has "missing.mp4: no such file or folder"
