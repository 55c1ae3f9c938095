# capture --clips: N seconds are 2N clips of half a second, which together are the source, frame by frame.
. "$(dirname "$0")/../lib.sh"
# A video with every frame as it was, at 30 frames a second, and one with uneven times.
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=30&seconds=3' -o even --clips 3s --quality 100
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=60&seconds=3' -o uneven --fps 22 --clips 3s --quality 100
run 0 capture 'pattern:shapes?seed=5&size=160x120&fps=29.97&seconds=3' -o ntsc --clips 3s --quality 100
for source in even uneven ntsc; do
  video=$source/clip000000.mp4
  run 0 capture $video -o $source-frames
  run 0 capture $video -o $source-clips --clips 500ms --quality 100 --json
  json '[.clips_written,.clips_empty,.frames_behind_last_clip]' '[6,0,0]'
  json '.frames_kept == .frames_read' true
  [ "$(ls $source-clips/*.mp4 | wc -l)" -eq 6 ] || fail "$source: six files"
  : >joined
  : >durations
  for clip in "$source"-clips/*.mp4; do
    run 0 capture "$clip" -o one --overwrite
    cat one/*.jpg >>joined
    begin=$(jq -s "map(select(.ref == \"${clip#*/}\"))[0].time_s" $source-clips/frames.jsonl)
    jq "((.time_s + $begin) * 1000 | round)" one/frames.jsonl >>durations
  done
  cat $source-frames/*.jpg | cmp - joined || fail "$source: the clips' frames are not those of the source"
  diff <(jq '(.time_s * 1000 | round)' $source-frames/frames.jsonl) durations >"$OUT" || fail "$source: the times have gaps"
  jq -es 'map(.clip.duration_s) | add * 1000 | round == 3000' $source-clips/frames.jsonl >"$OUT" || fail "$source: durations"
done

# The same bytes whatever the number of threads; a size, a rate, the frame in the middle.
P='pattern:shapes?seed=5&size=160x120&seconds=3'
run 0 capture "$P" -o small --clips 500ms --size 96x64 --fps 10 --frame-of-clip middle
out_has "small: 6 clips with 30 frames kept of 90 read"
jq -c '[.ref,.frame_index,.width,.height,.kept,.reason,.clip.number,.clip.frames,.clip.last_frame,.clip.picture,.clip.picture_frame]' small/frames.jsonl >"$OUT"
out_has '["clip000005.mp4",75,96,64,true,"clip",5,5,87,"clip000005.jpg",81]'
[ "$(sha256sum <small/clip000005.mp4 | cut -d' ' -f1)" = "$(jq -r 'select(.ref=="clip000005.mp4").clip.digest|sub("sha256:";"")' small/frames.jsonl)" ] || fail "digest"
run 0 capture "$P" -o small1 --clips 500ms --size 96x64 --fps 10 --frame-of-clip middle --jobs 1
diff -r small small1 >"$OUT" || fail "the number of threads changes the clips"
run 0 capture "$P" -o first --clips 1s --frame-of-clip first --name 'c{index:02}-{frame}.mp4'
ls first | tr '\n' ' ' >"$OUT"
out_has "c00-0.jpg c00-0.mp4 c01-30.jpg c01-30.mp4 c02-60.jpg c02-60.mp4 capture.json frames.jsonl"
run 0 capture "$P" -o last --clips 1s --frame-of-clip last
[ "$(jq -c .clip.picture_frame last/frames.jsonl | tr '\n' ' ')" = "29 59 89 " ] || fail "last frames"
# Their pictures are pictures of a clip for everything behind.
run 0 manifest build small -o small.manifest
jq -c '[."source-ref",.frame_index]' small.manifest >"$OUT"
[ "$(wc -l <small.manifest)" -eq 6 ] || fail "six pictures"

# What is no whole clip, or no clip at all.
run 0 capture "$P" -o rest --clips 800ms
out_has "3 clips with 72 frames kept of 90 read"
out_has "left out: 18 frames at the end, which are no whole clip"
run 0 capture "$P" -o rest2 --clips 500ms --duration 1200ms
out_has "2 clips with 30 frames kept of 36 read"
run 0 capture "$P" -o sparse --clips 100ms --fps 2 --json
json '[.clips_written,.clips_empty]' '[5,20]'

run 2 capture "$P" -o o --clips 1ms
err_has "--clips: 0.001 s is not from 20ms to 3600s"
run 2 capture "$P" -o s3://bucket/clips --clips 61s
err_has "--clips: 61 s is over the 60s of clips in S3; give shorter ones, or -o DIR, then: mlopsctl store sync DIR s3://bucket/clips"
run 2 capture "$P" -o s3://bucket/clips --clips 500ms --frame-of-clip middle --on-full drop-oldest
err_has "--on-full drop-oldest: a clip and its --frame-of-clip stay together; leave out one of the two"
run 2 capture "$P" -o o --clips 500ms --keep sharp
err_has "--keep, --at-most and --report choose and show frames, not clips"
run 2 capture "$P" -o o --clips 500ms --at-most 5
err_has "--keep, --at-most and --report choose and show frames, not clips"
run 2 capture "$P" -o o --frame-of-clip middle
err_has "--frame-of-clip: there are no clips; give --clips 500ms as well"
run 2 capture "$P" -o o --clips 1s --frame-of-clip midle
err_has "--frame-of-clip: unknown 'midle', did you mean 'middle'?"
run 2 capture "$P" -o o --clips 1s --size 161x120
err_has "--size: 161x120 is odd; H.264 halves both sides; give even numbers"
run 1 capture 'pattern:shapes?size=161x121&seconds=1' -o odd --clips 500ms
err_has "frames of 161x121 pixels cannot be a clip: H.264 halves both sides; give an even --size, such as 162x122"
run 2 capture "$P" -o o --clips 1s --name 'c{index}.jpg'
err_has "does not end in .mp4; clips are MP4 files"
run 2 capture even-frames -o o --clips 1s
err_has "its frames have no time stamps, so clips cannot be cut; say the frame rate with --assume-fps R"
run 0 capture even-frames -o pictures --clips 500ms --assume-fps 30
out_has "6 clips with 90 frames kept of 90 read"
[ ! -e o ] || fail "a refused capture left a folder"
