# --keep on real clips: the whip pan of a hand-held camera is blurred, talking heads and a still camera repeat themselves, cuts are found.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/video
VIDEO=$SHARED/data/real/video
# The camera is turned quickly in frames 152 to 177, and nowhere else.
run 0 capture "$VIDEO/foreman-hevc-384.mp4" -o pan --keep sharp --quality 30 --json
blurred=$(jq -s '[.[]|select(.reason=="blurred")|.frame_index]' pan/frames.jsonl)
jq -en "$blurred|length >= 18 and min >= 150 and max <= 180" >"$OUT" || fail "blurred: $(tr -d ' \n' <<<"$blurred")"
# Three clips whose variance of the Laplacian is 11 to 56, 30 to 93 and 50 to 229: all sharp.
for clip in bottle-detection.mp4 short_hamilton_clip.mp4 asl_help.mkv asl_milk.mkv asl_yes.mkv; do
  run 0 capture "$VIDEO/$clip" -o sharp --keep sharp --every 5 --quality 30 --overwrite --json
  json .dropped.blurred 0
done
run 0 capture "$VIDEO/car-detection.mp4" -o cars --keep sharp,distinct --quality 30 --json
jq -e '.dropped.blurred <= 12 and .dropped.duplicate > 150' "$OUT" >/dev/null || fail "an empty road is the same road"
# Hard cuts at 20, 82 and 211: four scenes, and of each something is kept, however few.
run 0 capture "$VIDEO/short_hamilton_clip.mp4" -o cuts --keep sharp,distinct --at-most 12 --quality 30 --json
json .frames_kept 12
jq -c '[.frame_index,.scene]' cuts/frames.jsonl >"$OUT"
for line in '[19,0]' '[20,1]' '[81,1]' '[82,2]' '[210,2]' '[211,3]' '[274,3]'; do out_has "$line"; done
[ "$(jq -r 'select(.kept)|.scene' cuts/frames.jsonl | sort -u | wc -l)" -eq 4 ] || fail "a scene of which nothing is kept"
for jobs in 1 4; do run 0 capture "$VIDEO/asl_yes.mkv" -o "jobs$jobs" --keep sharp,distinct,still --jobs $jobs; done
diff -r jobs1 jobs4 >"$OUT" || fail "the number of jobs changes what is kept"
