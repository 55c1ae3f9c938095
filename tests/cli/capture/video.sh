# A video that any machine can make (uncompressed YUV4MPEG2): the same moments at 15, 30 and 60 frames a second.
. "$(dirname "$0")/../lib.sh"
film() { # FPS FRAMES: each frame is of one grey that tells its time
  {
    printf 'YUV4MPEG2 W32 H16 F%d:1 Ip A1:1 C420jpeg\n' "$1"
    for i in $(seq 0 $(($2 - 1))); do
      printf 'FRAME\n'
      head -c 512 /dev/zero | tr '\0' "\\$(printf '%03o' $((20 + i * 60 / $1)))"
      head -c 256 /dev/zero | tr '\0' '\200'
    done
  } >"film$1.y4m"
}
for fps in 15 30 60; do
  film $fps $((fps * 3))
  run 0 capture film$fps.y4m -o by-time$fps --fps 5 --json
  json .frames_read $((fps * 3))
  json .frames_kept 15
  jq -c .time_s by-time$fps/frames.jsonl >"$OUT"
  [ "$(head -n 2 "$OUT" | tr '\n' ' ')" = "0 0.2 " ] || fail "$fps: first moments"
done
for other in 15 60; do
  diff <(jq .time_s by-time30/frames.jsonl) <(jq .time_s by-time$other/frames.jsonl) >"$OUT" || fail "30 and $other frames a second differ"
  cmp by-time30/frame000007.jpg by-time$other/frame000007.jpg || fail "pictures at 30 and $other frames a second differ"
done
run 0 capture film30.y4m -o every --every 30
out_has "3 frames kept of 90 read from film30.y4m"
run 0 capture film30.y4m -o some --at-most 4 --duration 2s
jq -c .frame_index some/frames.jsonl | tr '\n' ' ' >"$OUT"
out_has "0 15 30 45 "
[ ! -e some/labels.manifest ] || fail "a film knows no boxes"
