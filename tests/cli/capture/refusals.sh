# What capture refuses, in words.
. "$(dirname "$0")/../lib.sh"
P='pattern:shapes?seconds=1&size=64x48'
run 2 capture
err_has "--output"
run 2 capture -o o
err_has "SOURCE is missing"
run 2 capture "$P"
err_has "--output"
run 2 capture 'pattern:shapes?sede=1' -o o
err_has "pattern:shapes: unknown option 'sede', did you mean 'seed'?"
run 2 capture 'pattern:shaped' -o o
err_has "unknown pattern 'shaped', did you mean 'shapes'?"
run 2 capture 'patern:shapes' -o o
err_has "unknown kind of source 'patern:', did you mean 'pattern'?"
for bad in seed=-1 seed=x size=640 size=8x8 size=640x99999 fps=0 fps=nan fps=1e9 seconds=-3 seconds= max_shapes=9; do
  run 2 capture "pattern:shapes?$bad" -o o
  err_has "pattern:shapes: ${bad%%=*}=${bad#*=} is not"
done
run 2 capture 'pattern:shapes?seed' -o o
err_has "'seed' is not KEY=VALUE"
run 2 capture "$P" -o o --fps 2 --every 3
err_has "--fps, --every and --at-most are three ways to choose frames"
run 2 capture "$P" -o o --fps 0
err_has "--fps: 0 is not above 0"
run 2 capture "$P" -o o --every 0
err_has "--every: '0' is not above 0"
run 2 capture "$P" -o o --every 1.5
err_has "--every: '1.5' is neither a count nor a time"
run 2 capture "$P" -o o --at-most 0
err_has "--at-most: 0 is not above 0"
run 2 capture "$P" -o o --quality 101
err_has "--quality: 101 is not 1 to 100"
run 2 capture "$P" -o o --duration -1s
err_has "--duration"
run 2 capture "$P" -o o --size 640
err_has "--size"
run 2 capture "$P" -o gs://bucket/prefix
err_has "'gs://bucket/prefix' is not a folder; capture writes to a folder on this machine, or to s3://BUCKET/PREFIX"
for flag in '--spool x' '--spool-limit 1MB' '--on-full stop' '--store-gap 1s'; do
  # shellcheck disable=SC2086 # two words on purpose
  run 2 capture "$P" -o o $flag
  err_has "${flag% *}: nothing waits on the way to a folder; it goes with -o s3://BUCKET/PREFIX"
done
for size in 0 much; do
  run 2 capture "$P" -o s3://bucket/prefix --spool-limit $size
  err_has "--spool-limit: '$size' is not a size above 0; such as 500MB or 1GiB"
done
run 2 capture "$P" -o s3://bucket/prefix --on-full wait
err_has "--on-full"
for bad in 'frame.jpg|no {index}' '../x{index}.jpg|a path in it' 'a/{index}.jpg|a path in it' '{index}.png|does not end in .jpg' \
           '{indx}{index}.jpg|unknown field '"'{indx}', did you mean 'index'?" '{index.jpg|a brace without its partner' \
           '{index:99}.jpg|width is not' '.{index}.jpg|may not begin with'; do
  run 2 capture "$P" -o o --name "${bad%%|*}"
  err_has "${bad#*|}"
done
run 1 capture missing.mp4 -o o
err_has "missing.mp4: no such file or folder"
: > empty.mp4
run 1 capture empty.mp4 -o o
err_has "empty.mp4: the file is empty, a video was expected"
echo 'this is a text' > text.mp4
run 1 capture text.mp4 -o o
err_has "text.mp4: is not a video that can be read"
run 1 capture - -o o
err_has "-: is not a video that can be read"
mkdir nothing
run 1 capture nothing -o o
err_has "nothing: no picture is in this folder"
if [ ! -e /dev/video0 ]; then
  run 1 capture camera:0 -o o
  err_has "camera:0: /dev/video0: No such file or directory; plug one in or see 'mlopsctl doctor'"
fi
run 2 capture camera:front -o o
err_has "camera:front: a camera is camera:N"
run 1 capture 'rtsp://user:canary-secret@127.0.0.1:1/x' -o o
err_has "rtsp://127.0.0.1:1/x: cannot be opened"
! grep -rq canary "$ERR" || fail "the password is in a message"
[ ! -e o ] || fail "a refused capture left its folder"

run 2 capture "$P" -o o --size 99999x99999
err_has "--size: 99999x99999 is above 65500 pixels a side or 200000000 in all"
run 2 capture "$P" -o o --size 65500x65500
[ ! -e o ] || fail "a refused size left its folder"

# The output: ours or nobody's.
run 0 capture "$P" -o ours --every 10
run 2 capture "$P" -o ours --every 10
err_has "ours: already exists; pass --resume to go on, --overwrite to replace it"
mkdir theirs && echo keep > theirs/file
run 2 capture "$P" -o theirs --overwrite
err_has "theirs: already exists and was not made by capture"
echo keep > a-file
run 2 capture "$P" -o a-file
err_has "a-file: is a file, a folder was to be written there"
echo keep > ours/note.txt
run 0 capture "$P" -o ours --every 15 --overwrite
ls ours | tr '\n' ' ' >"$OUT"
out_has "capture.json frame000000.jpg frame000001.jpg frames.jsonl labels.manifest note.txt "
run 2 capture "$P" -o ours --every 10 --resume
err_has "ours: was captured with every 15, now it is 10"
run 2 capture 'pattern:shapes?seconds=2' -o ours --every 15 --resume
err_has 'ours: was captured with source "pattern:shapes?seconds=1&size=64x48", now it is'
run 2 capture ours -o ours/deeper
err_has "ours/deeper: lies inside the source folder"
rm ours/frame000000.jpg
run 0 capture "$P" -o ours --every 15 --resume
[ -s ours/frame000000.jpg ] || fail "a frame that went missing at the end of the journal is made again"
printf '{"ref":1}\n' > ours/frames.jsonl
run 1 capture "$P" -o ours --every 15 --resume
err_has "ours/frames.jsonl:1"

# A journal that is not ours, or that names what is no frame: nothing of the user's goes.
mkdir log && echo '{"ref":"note.txt","source":"x","frame_index":0,"width":1,"height":1,"kept":true}' > log/frames.jsonl
cp log/frames.jsonl log.kept
run 2 capture "$P" -o log --overwrite
err_has "log: already exists and was not made by capture"
cmp log/frames.jsonl log.kept || fail "another program's frames.jsonl was written to"
rm -r ours && run 0 capture "$P" -o ours --every 15
echo keep > ours/note.txt
cp log.kept ours/frames.jsonl
run 0 capture "$P" -o ours --every 15 --overwrite
[ "$(cat ours/note.txt)" = keep ] || fail "a file that is no frame was removed"
rm ours/frames.jsonl && ln -s ../log/frames.jsonl ours/frames.jsonl
run 1 capture "$P" -o ours --every 15 --overwrite
err_has "ours/frames.jsonl: cannot open: Too many levels of symbolic links"
cmp log/frames.jsonl log.kept || fail "written through a link"

# A place that cannot be written to.
if [ "$(id -u)" -eq 0 ] && mkdir ro && mount --bind ro ro 2>/dev/null; then
  mount -o remount,ro,bind ro
  run 1 capture "$P" -o ro/out
  umount ro
  err_has "ro/out: cannot create: Read-only file system"
fi
