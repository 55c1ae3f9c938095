# A full disk and a read-only folder: exit 1, a message with what to do, and the old output as it was.
. "$(dirname "$0")/../lib.sh"
mkdir small readonly
if ! mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
  echo "SKIPPED: may not mount a tmpfs here"
  exit 77
fi
trap 'umount "$WORK/small" 2>/dev/null; umount "$WORK/readonly" 2>/dev/null; rm -rf "$WORK"' EXIT
i=0
while [ $i -lt 2000 ]; do
  i=$((i + 1))
  printf '{"source-ref":"s3://bucket/folder/frame_%s.jpg"}\n' $i
done > many.manifest
echo old > small/out.manifest
run 1 manifest convert many.manifest small/out.manifest --overwrite
err_has "small/out.manifest: cannot write: No space left on device; free some space"
[ "$(cat small/out.manifest)" = old ] || fail "the old output did not stay"
[ "$(ls -A small)" = out.manifest ] || fail "something was left behind"
echo old > readonly/out.manifest
if mount --bind readonly readonly 2>/dev/null && mount -o remount,ro,bind readonly 2>/dev/null; then
  run 1 manifest convert many.manifest readonly/out.manifest --overwrite
  err_has "readonly/out.manifest: cannot create: Read-only file system; write to a place you may write to"
  run 1 manifest convert many.manifest readonly/voc --to voc
  err_has "cannot create"
else
  echo "SKIPPED the read-only part: may not bind a folder here"
fi
