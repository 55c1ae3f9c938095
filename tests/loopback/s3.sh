# store ls, cp and sync, and s3:// names, against a strict S3 server (Ceph) and a proxy that resets, throttles and cuts.
. "$(dirname "$0")/../cli/lib.sh"
. "$HERE/lib.sh"
make_bucket b.dots
make_bucket shown x-amz-acl:public-read

# Every size there and back, through a file and through a pipe.
for size in 0 1 5242880 8388608 8388609 12582912; do
  head -c $size /dev/urandom > f$size
  run 0 store cp f$size s3://bucket/size/
  run 0 store cp s3://bucket/size/f$size back
  cmp f$size back || fail "$size bytes changed on the way"
  rm back
  "$MLOPSCTL" store cp - s3://bucket/pipe/$size < f$size > "$OUT" 2> "$ERR" || fail "from a pipe"
  "$MLOPSCTL" store cp s3://bucket/pipe/$size - 2> "$ERR" | cmp - f$size || fail "to a pipe"
done
run 0 store ls s3://bucket/size --json
json '[.schema, ([.objects[].size_bytes] | add)]' '["mlopsctl.store.ls/1",34603010]'
json '[.objects[] | select(.size_bytes == 12582912).etag[-2:]]' '["-2"]'

# Every name. Where a name would leave the folder it is refused, and nothing is written.
mkdir names
for name in 'a b' 'a+b' 'a%20b' 'é漢' "it's" 'a&b<c>"d"' 'q?x=1#y' 'tab	x' ' lead' '~-._' ':;,@!$()[]{}|\^`*='; do printf '%s' "$name" > "names/$name"; done
mkdir -p 'names/deep er/+/%'
echo x > 'names/deep er/+/%/ü'
run 0 store cp names 's3://bucket/n a+m%e/s' --recursive
run 0 store cp 's3://bucket/n a+m%e/s' names.back --recursive
diff -r names names.back || fail "names changed"
run 0 store ls 's3://bucket/n a+m%e/s/' --json
json '[.folders, (.objects | length)]' '[[{"name":"deep er/"}],11]'
run 0 store cp f1 's3://bucket/up/../../x'
run 1 store cp s3://bucket/up out --recursive
err_has "cannot be the name of a file: it has the part '..'"
[ ! -e out ] && [ ! -e x ] || fail "something was written"
run 0 store cp s3://bucket/up/../../x chosen
cmp f1 chosen || fail "another object"
run 2 store cp f1 "s3://bucket/$(printf 'x%.0s' $(seq 1025))"
err_has "a key of 1025 bytes, and S3 takes 1024"

# More than a page; sync sends what differs and nothing else.
mkdir many
for i in $(seq 1050); do echo "$i" > many/$i; done
run 0 store sync many s3://bucket/many --json
json '[.schema, .objects_copied, .objects_same]' '["mlopsctl.store.sync/1",1050,0]'
run 0 store ls s3://bucket/many --json
json '[(.objects | length), .objects[1049].name]' '[1050,"999"]'
run 0 store ls s3://bucket/many
[ "$(wc -l < "$OUT")" = 1050 ] || fail "other lines"
touch many/*
echo changed > many/7
rm many/8
run 0 store sync many s3://bucket/many --delete --dry-run
out_has "would copy many/7 -> s3://bucket/many/7"
out_has "would delete s3://bucket/many/8"
run 0 store sync many s3://bucket/many --delete
out_has "1 object (8 B) copied, 1048 the same, 1 deleted"
run 0 store sync s3://bucket/many many.back
diff -r many many.back || fail "the copy differs"
printf 'X\n' > many.back/5
run 0 store sync s3://bucket/many many.back
out_has "0 objects"
run 0 store sync s3://bucket/many many.back --checksum
out_has "1 object (2 B) copied"
run 0 store sync s3://bucket/many s3://bucket/again
out_has "1049 objects"
run 0 store sync s3://bucket/many s3://bucket/again --delete
out_has "0 objects (0 B) copied, 1049 the same"
mkdir empty
run 1 store sync empty s3://bucket/many --delete
err_has "empty: there is nothing"

# What is there is refused: before, and by the server at the moment of writing.
run 2 store cp f1 s3://bucket/size/f1
err_has "s3://bucket/size/f1: already exists; pass --overwrite"
run 2 store cp many s3://bucket/many --recursive
err_has "s3://bucket/many/1: already exists, as do 1048 others of 1049"
run 0 store cp f1 s3://bucket/size/f1 --overwrite
proxy lost.log reset-after,none
run 0 store cp f1 s3://bucket/lost # written by the attempt that nobody heard of
[ "$(grep -c '^PUT .* reset-after 200' lost.log)" = 1 ] || cat lost.log
run 0 store cp f12582912 s3://bucket/lost-parts
had lost.log 'POST .*uploadId.* reset-after 200'

# Through every fault.
proxy faults.log none,slowdown,reset,none,broken,cut,timeout,reset-after,none,late-error
for size in 0 1 12582912; do
  run 0 store cp f$size s3://bucket/faults/$size
  run 0 store cp s3://bucket/faults/$size back --overwrite
  cmp f$size back || fail "$size bytes changed on the way"
done
run 0 store sync names s3://bucket/faults/names
run 0 store sync s3://bucket/faults/names names.faults
diff -r names names.faults || fail "names changed"
for fault in slowdown reset broken cut timeout reset-after; do had faults.log " $fault "; done
proxy late.log late-error,late-error,none
run 0 store cp f12582912 s3://bucket/late
had late.log 'POST .* late-error -'
proxy denied.log late-denied
run 1 store cp f12582912 s3://bucket/denied
err_has "s3://bucket/denied: CompleteMultipartUpload: AccessDenied: words"
direct
run 1 store cp s3://bucket/denied back --overwrite
err_has "there is no such object"

# Clear words and no storm: wrong key, wrong name, ended session, no rights.
proxy keys.log none
AWS_SECRET_ACCESS_KEY=wrong run 1 store cp many s3://bucket/wrong --recursive
err_has "SignatureDoesNotMatch; check the AWS credentials and --region"
[ "$(wc -l < keys.log)" -le 2 ] || fail "it went on with a wrong key"
AWS_ACCESS_KEY_ID=nobody run 1 store ls s3://bucket
err_has "InvalidAccessKeyId"
proxy expired.log expired
run 1 store cp many s3://bucket/expired --recursive
err_has "ExpiredToken: words; the session has ended"
[ "$(wc -l < expired.log)" -le 4 ] || fail "it went on with an ended session"
direct
AWS_ACCESS_KEY_ID=reader run 0 store ls s3://shown
AWS_ACCESS_KEY_ID=reader run 1 store cp many s3://shown/x --recursive
err_has "AccessDenied; the role or user of these credentials may not do this"
AWS_ACCESS_KEY_ID=reader run 1 store ls s3://bucket
err_has "AccessDenied"
run 1 store ls s3://nowhere
err_has "s3://nowhere/: there is no such bucket"
run 1 store cp s3://bucket/none x
err_has "s3://bucket/none: there is no such object"

# A clock that is two hours off.
if command -v faketime > "$OUT"; then
  MLOPSCTL_REAL=$MLOPSCTL
  printf '#!/bin/sh\nexec faketime -f "-2h" "%s" "$@"\n' "$MLOPSCTL_REAL" > skewed
  chmod +x skewed
  MLOPSCTL=$WORK/skewed run 0 store cp f1 s3://bucket/skewed -v
  err_has "s off the server's, which is used instead"
  MLOPSCTL=$WORK/skewed run 0 store cp s3://bucket/skewed back --overwrite
fi

# Buckets as host names, and one that cannot be.
mkdir -p .aws
printf '[default]\ns3 =\n  addressing_style = virtual\n' > .aws/config
export AWS_ENDPOINT_URL_S3=http://localhost:${SERVER##*:}
run 0 store ls s3://bucket/size
run 0 store cp f1 s3://b.dots/x
run 0 store ls s3://b.dots
direct
rm -r .aws

# Killed in the middle of an upload: the next one goes on.
head -c 67108864 /dev/urandom > large
proxy kill.log none
"$MLOPSCTL" store cp large s3://bucket/large > "$OUT" 2> "$ERR" &
pid=$!
for _ in $(seq 300); do
  [ "$(grep -c 'partNumber=.* 200' kill.log)" -lt 2 ] || break
  sleep 0.02
done
kill -9 $pid
wait $pid 2> /dev/null
sent=$(grep -c 'partNumber=.* 200' kill.log)
[ "$sent" -lt 8 ] || fail "it was not killed in the middle"
run 1 store cp s3://bucket/large back --overwrite
run 0 store cp large s3://bucket/large
err_has "going on with an upload that was not finished"
[ "$(grep -c 'partNumber=.* 200' kill.log)" -le 10 ] || fail "parts were sent twice"
run 0 store cp s3://bucket/large back --overwrite
cmp large back || fail "another file"
direct

# s3:// names in other commands: pictures, labels, a model package, and outputs.
. "$HERE/../cli/tiny.sh"
red_set 3
tiny_model tiny "$DET" detection fastestdet red
mkdir pictures
mv 1.png 2.png 3.png pictures
run 0 store cp pictures s3://bucket/set/pictures --recursive
sed -i 's|"source-ref":"|&pictures/|' t.manifest
run 0 store cp t.manifest s3://bucket/set/
run 0 manifest build s3://bucket/set/pictures -o s3://bucket/set/all.manifest --json
json '[.images_written, .problems]' '[3,[]]'
run 0 store cp s3://bucket/set/all.manifest -
out_has '{"source-ref":"s3://bucket/set/pictures/1.png"}'
run 2 manifest build s3://bucket/set/pictures -o s3://bucket/set/all.manifest
err_has "s3://bucket/set/all.manifest: already exists"
run 0 manifest validate s3://bucket/set/t.manifest
run 0 manifest convert s3://bucket/set/t.manifest here.json --to coco
grep -q '"file_name":"s3://bucket/set/pictures/1.png"' here.json || fail "references do not lead back"
run 0 manifest convert s3://bucket/set/t.manifest s3://bucket/set/t.csv --to csv
run 0 package model tiny -o s3://bucket/tiny.tar.gz
run 0 package verify s3://bucket/tiny.tar.gz
run 0 store cp tiny s3://bucket/tiny --recursive
run 0 package inspect s3://bucket/tiny
run 0 infer s3://bucket/set/pictures --model s3://bucket/tiny.tar.gz -o s3://bucket/found.jsonl --json
json '[.images, .detections, .output]' '[3,3,"s3://bucket/found.jsonl"]'
run 0 infer s3://bucket/set/t.manifest --model s3://bucket/tiny --no-timing
cp "$OUT" far
sed -i 's|"source-ref":"pictures/|"source-ref":"|' t.manifest
run 0 infer t.manifest --images pictures --model tiny --no-timing
sed 's|"image":"|&pictures/|' "$OUT" | cmp - far || fail "other predictions from there"
run 0 infer t.manifest --images s3://bucket/set/pictures --model tiny --no-timing
[ "$(grep -c '"label":"red"' "$OUT")" = 3 ] || fail "pictures were not found there"

# --cache: what was read once is asked for, and not read again until it is another.
proxy cache.log none
kept() { # GETS-OF-OBJECTS
  : > cache.log
  run 0 infer t.manifest --images s3://bucket/set/pictures --model tiny --no-timing --cache kept/here
  cmp "$OUT" near || fail "other predictions"
  [ "$(grep -c '^GET /bucket/set/pictures/' cache.log)" = "$1" ] || fail "$(grep -c '^GET /bucket/set/pictures/' cache.log) reads, expected $1"
  had cache.log '^HEAD /bucket/set/pictures/1.png'
}
cp "$OUT" near
kept 3
[ "$(stat -c %a kept/here)" = 700 ] || fail "others may look into the cache"
kept 0
cp pictures/1.png other
printf x >> other # behind the end of the picture
run 0 store cp other s3://bucket/set/pictures/1.png --overwrite
kept 1
for file in kept/here/*; do printf x >> "$file"; done # of another length: as if the disk had been full
kept 3
chmod g+w kept/here
run 1 infer t.manifest --images s3://bucket/set/pictures --model tiny --cache kept/here
err_has "kept/here: others may write to this cache"
direct

# Videos and folders of pictures in a bucket are sources of frames.
{
  printf 'YUV4MPEG2 W64 H48 F10:1 Ip A1:1 C420jpeg\n'
  for _ in 1 2 3 4 5 6; do printf 'FRAME\n'; head -c 4608 /dev/urandom; done
} > clip.y4m
run 0 store cp clip.y4m s3://bucket/clip.y4m
run 0 capture clip.y4m -o from-disk --every 2
run 0 capture s3://bucket/clip.y4m -o from-store --every 2 --json
json '[.source, .frames_kept]' '["s3://bucket/clip.y4m",3]'
for i in 0 1 2; do cmp from-disk/frame00000$i.jpg from-store/frame00000$i.jpg || fail "frame $i"; done
run 0 capture s3://bucket/set/pictures -o from-pictures --json
json '[.source, .frames_read > 0]' '["s3://bucket/set/pictures",true]'
run 1 capture s3://bucket/no/such.mp4 -o nothing
err_has "s3://bucket/no/such.mp4: there is no such object"
[ ! -e nothing ] || fail "a folder of nothing"

# A folder is complete with its last file, and not before.
run 0 manifest convert s3://bucket/set/t.manifest s3://bucket/voc --to voc
run 0 store ls s3://bucket/voc/_COMPLETE.json
run 1 store ls s3://bucket/voc/_PARTIAL.json
run 0 manifest validate s3://bucket/voc --images s3://bucket/set/pictures
out_has "3 images"
run 2 manifest convert s3://bucket/set/t.manifest s3://bucket/voc --to voc
err_has "s3://bucket/voc/: already exists; pass --overwrite"
run 0 manifest convert s3://bucket/set/t.manifest s3://bucket/voc --to voc --overwrite
run 2 manifest convert s3://bucket/set/t.manifest s3://bucket/set --to voc --overwrite
err_has "s3://bucket/set/: was not made by mlopsctl"
run 0 store cp f1 s3://bucket/voc/_PARTIAL.json # as after kill -9
run 1 manifest validate s3://bucket/voc
err_has "s3://bucket/voc/: was not finished"
run 0 manifest convert s3://bucket/set/t.manifest s3://bucket/voc --to voc --overwrite
run 0 manifest validate s3://bucket/voc --images s3://bucket/set/pictures
run 0 store cp f1 "$(run 0 store ls s3://bucket/voc --recursive --json && jq -r '"s3://bucket/voc/" + (.objects[] | select(.name | endswith(".xml")).name)' "$OUT" | head -1)" --overwrite
run 1 manifest validate s3://bucket/voc
err_has "is another now, though _COMPLETE.json names it"

! grep -rlaF "CANARYsecret" "$WORK" --include='*.log' --exclude-dir=ceph || fail "a secret is in a file"
echo ok
