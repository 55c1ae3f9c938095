# Real clips through capture: frame counts, times, damage, bare streams.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video
VIDEO=$SHARED/data/real/video
count() { # CLIP FRAMES AT-2-FPS SIZE
  run 0 capture "$VIDEO/$1" -o "$1.10" --every 10 --json
  json .frames_read "$2"
  json .frames_kept $((($2 + 9) / 10))
  json '.problems|length' 0
  [ "$(jq -r '"\(.width)x\(.height)"' "$1.10/frames.jsonl" | sort -u)" = "$4" ] || fail "$1: size"
  run 0 capture "$VIDEO/$1" -o "$1.fps" --fps 2 --quality 80 --json
  json .frames_kept "$3"
  late=$(jq -s '[to_entries[]|.value.time_s - .key*0.5]|max' "$1.fps/frames.jsonl")
  jq -en "$late < 0.1" >/dev/null || fail "$1: a frame comes $late s after its moment"
}
count car-detection.mp4 377 61 768x432
count bottle-detection.mp4 1189 80 640x360
count asl_help.mkv 58 4 640x480
count asl_milk.mkv 51 4 640x480
count asl_yes.mkv 65 5 640x480
count short_hamilton_clip.mp4 275 19 640x360
count foreman-hevc-384.mp4 248 21 1280x720
run 0 capture "$VIDEO/asl_help.mkv" -o jobs1 --every 10 --jobs 1
diff -r jobs1 asl_help.mkv.10 >"$OUT" || fail "the number of jobs changes the frames"

run 0 capture "$VIDEO/count.h264" -o bare --every 1 --quality 30 --json
json .frames_kept 245
[ "$(jq -c .time_s bare/frames.jsonl | sort -u)" = null ] || fail "a bare stream has no times"
run 2 capture "$VIDEO/count.h264" -o bare2 --fps 2
err_has "its frames have no time stamps, so they cannot be chosen by time; say the frame rate with --assume-fps R"
run 0 capture "$VIDEO/count.h264" -o bare2 --fps 2 --assume-fps 25 --json
json .frames_kept 20
run 0 capture "$VIDEO/asl_milk.mkv" -o spread --at-most 7 --json
json .frames_kept 7

"$MLOPSCTL" capture - -o piped --every 10 --json <"$VIDEO/asl_help.mkv" >"$OUT" 2>"$ERR" || fail "standard input"
json .frames_read 58
cmp piped/frame000005.jpg asl_help.mkv.10/frame000005.jpg || fail "standard input gives other pixels"
mkfifo fifo
cat "$VIDEO/count.h264" >fifo &
run 0 capture fifo -o from-fifo --every 100 --json
json .frames_read 245
head -c 1500000 "$VIDEO/car-detection.mp4" >cut.mp4
run 1 capture cut.mp4 -o cut --every 10 --json
json '.problems[0].rule' video-cut-off
json .frames_kept 18
err_has "the file ends before its own header says it does"
cmp cut/frame000017.jpg car-detection.mp4.10/frame000017.jpg || fail "frames before the cut differ"
head -c 100000 "$VIDEO/asl_help.mkv" >cut.mkv
run 1 capture cut.mkv -o cut2 --every 10
err_has "the file ends before its own header says it does"
head -c 400000 "$VIDEO/bottle-detection.mp4" >head.mp4
run 1 capture head.mp4 -o none
err_has "head.mp4: the video's index (moov) is missing"
[ ! -e none ] || fail "nothing to keep, but a folder is there"
# Damage in the middle: frames that could not be decoded are left out (H.264), or the decoder mends and complains (HEVC).
damage() {
  cp "$VIDEO/$1" "$2"
  chmod u+w "$2"
  for at in $(seq 30 2 70); do printf '\377DAMAGE\177\003' | dd of="$2" bs=1 seek=$(($(stat -c %s "$2") * at / 100)) conv=notrunc 2>/dev/null; done
}
damage car-detection.mp4 damaged.mp4
run 1 capture damaged.mp4 -o damaged --every 10 -q
err_has "damaged.mp4: "
err_has "are damaged and were left out"
damage foreman-hevc-384.mp4 mended.mp4
run 0 capture mended.mp4 -o mended --every 50
err_has "the decoder complained"
head -c 20000 "$VIDEO/asl_help.mkv" >short.mkv
run 1 capture short.mkv -o short
err_has "the file ends before its own header says it does"
need_shared data/real/odd-images
mkdir odd && cp "$SHARED/data/real/odd-images/webp-bytes.jpg" odd/
run 0 capture odd -o odd-out
[ "$(jq -r '"\(.width)x\(.height)"' odd-out/frames.jsonl)" = 800x514 ] || fail "WebP bytes with a JPEG name"
