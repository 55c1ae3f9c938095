# Real clips in halves of a second: 2N clips of N seconds at any rate, which together are the frames of the source: by our reader, and by libav's tools
# where they are installed.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video
VIDEO=$SHARED/data/real/video
halves() { # FILE CLIPS FRAMES
  run 0 capture "$VIDEO/$1" -o clips --clips 500ms --quality 100 --overwrite --json
  json '[.clips_written,.frames_kept,.clips_empty]' "[$2,$3,0]"
  json '.frames_kept + .frames_behind_last_clip == .frames_read' true
  run 0 capture "$VIDEO/$1" -o whole --overwrite
  : >joined
  for clip in clips/*.mp4; do
    run 0 capture "$clip" -o one --overwrite
    cat one/*.jpg >>joined
  done
  jq -r .ref whole/frames.jsonl | head -n "$3" | (cd whole && xargs cat) | cmp - joined || fail "$1: the clips' frames are not those of the source"
  command -v ffprobe >"$OUT" || { echo "without ffprobe: $1 was not joined"; return 0; }
  for clip in clips/*.mp4; do echo "file '$PWD/$clip'"; done >list.txt
  ffprobe -v error -f concat -safe 0 -i list.txt -show_entries frame=pts_time -of csv=p=0 </dev/null 2>"$ERR" | tr -d , | grep . >stamps || fail "$1: ffprobe does not open the clips"
  [ ! -s "$ERR" ] || fail "$1: ffprobe complains"
  paste stamps <(jq .time_s whole/frames.jsonl | head -n "$3") | awk '{late = $1 - $2; if (late * late > 1e-8) print}' >"$OUT"
  [ "$(wc -l <stamps)" -eq "$3" ] || fail "$1: ffprobe finds another number of frames"
  [ ! -s "$OUT" ] || fail "$1: times of the joined clips are not those of the source"
}
halves short_hamilton_clip.mp4 18 270
halves asl_milk.mkv 3 45
halves foreman-hevc-384.mp4 20 240
run 0 capture "$VIDEO/car-detection.mp4" -o cars --clips 500ms --size 160x160 --frame-of-clip middle --json
json '[.clips_written,.frames_kept]' '[60,375]'
[ "$(jq -c '.clip.picture_time_s - .clip.number * 0.5 | . > 0.16 and . <= 0.25' cars/frames.jsonl | sort -u)" = true ] || fail "the picture is not the one shown in the middle"
