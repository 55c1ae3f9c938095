# Where a picture was taken is not passed on: neither by capture nor by what cuts and turns pictures. Turns that a camera notes beside the pixels are applied.
. "$(dirname "$0")/../lib.sh"
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=1&seconds=1' -o frames
mkdir from
python3 - frames/frame000000.jpg from/gps.jpg << 'X'
import struct, sys
data = open(sys.argv[1], "rb").read()
def entry(tag, kind, count, value): return struct.pack("<HHI", tag, kind, count) + value
secret = b"CANARY-PLACE\0"
gps_at = 8 + 2 + 2 * 12 + 4
gps = struct.pack("<H", 2) + entry(1, 2, 2, b"N\0\0\0") + entry(0x1B, 7, len(secret), struct.pack("<I", gps_at + 2 + 2 * 12 + 4)) + struct.pack("<I", 0)
tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entry(0x0112, 3, 1, struct.pack("<HH", 6, 0)) + entry(0x8825, 4, 1, struct.pack("<I", gps_at)) + struct.pack("<I", 0) + gps + secret
block = b"Exif\0\0" + tiff
open(sys.argv[2], "wb").write(data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:])
X
grep -aq CANARY-PLACE from/gps.jpg || fail "the place was not planted"
nowhere() { # FOLDER: no EXIF block, and not the place
  ! grep -raq CANARY-PLACE "$1" || fail "$1 says where the picture was taken"
  ! grep -raqP 'Exif\x00\x00' "$1" || fail "$1 has an EXIF block"
}
run 0 capture from -o captured --report captured.html
nowhere captured
nowhere captured.html
[ "$(jq -r '"\(.width)x\(.height)"' captured/frames.jsonl)" = 120x160 ] || fail "the camera's turn was not applied"
run 0 capture from -o small --size 60x80 --keep sharp
nowhere small

printf '{"source-ref":"from/gps.jpg","bb":{"image_size":[{"width":160,"height":120,"depth":3}],"annotations":[{"class_id":0,"left":10,"top":40,"width":30,"height":20}]},"bb-metadata":{"objects":[{"confidence":0}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2026-01-01T00:00:00","job-name":"x"}}\n' > in.manifest
run 0 manifest augment in.manifest -o augmented --ops flip-x
nowhere augmented
run 0 manifest augment in.manifest -o jpeg --ops rotate90 --jpeg 90
nowhere jpeg
run 0 manifest crop in.manifest -o crops
nowhere crops

# The pictures themselves go on without it, too, and not encoded again: the same pixels, and the camera's turn.
bare() { # FOLDER
  ! grep -raq CANARY-PLACE "$1" || fail "$1 says where the picture was taken"
}
cmp_pixels() { # A B: without the marks of the camera they are one file
  python3 - "$1" "$2" << 'X' || fail "$1 and $2 have other pixels"
import sys
def coded(name):
    data = open(name, "rb").read()
    return data[data.index(b"\xff\xdb"):]
sys.exit(coded(sys.argv[1]) != coded(sys.argv[2]))
X
}
run 0 manifest augment in.manifest -o kept --ops flip-x --keep-original
bare kept
cmp_pixels from/gps.jpg kept/images/gps.jpg
run 0 capture kept/images -o turned
jq -r 'select(.source | endswith("gps.jpg")) | "\(.width)x\(.height)"' turned/frames.jsonl > size
[ "$(cat size)" = 120x160 ] || fail "the camera's turn is gone: $(cat size)"
