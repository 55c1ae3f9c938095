# package runtime: what is in a bundle, the same bytes twice, a start where nothing else is, and every refusal.
. "$(dirname "$0")/../lib.sh"
run 2 package runtime
err_has "-o"
run 2 package runtime -o r.tar.gz --platform linux/arm64
err_has "--platform: 'linux/arm64' cannot be bundled, only linux/amd64"
run 2 package runtime -o r.tar.gz --bundle-media
err_has "Debian's FFmpeg is under GPL-2.0-or-later"
run 2 package runtime -o r.tar.gz --bundle-media --accept-licence MIT
err_has "pass --accept-licence GPL-2.0-or-later"
run 2 package runtime -o r.tar.gz --without-onnxruntime
err_has "nothing in the bundle can run a model"
run 2 package runtime -o r.tar.gz --onnxruntime missing.so
err_has "missing.so' is no such file"
run 2 package runtime -o - --json
err_has "both want stdout"
[ ! -e r.tar.gz ] || fail "something was written"

if ! [ -e /usr/share/doc/libc6/copyright ] || ! command -v dpkg-query > /dev/null; then
  echo "SKIPPED: needs dpkg and /usr/share/doc, of which bundles are made"
  exit 77
fi
small() { run 0 package runtime --with-opencv --without-onnxruntime "$@"; }
small -o r.tar.gz --json
cp "$OUT" r.json
json .schema mlopsctl.package.runtime/1
json .digest "sha256:$(sha256sum r.tar.gz | cut -d' ' -f1)"
json .bytes "$(stat -c %s r.tar.gz)"
small -o again.tar.gz --jobs 1
out_has "again.tar.gz: "
out_has "linux/amd64"
cmp r.tar.gz again.tar.gz || fail "two bundles of the same parts differ"
run 2 package runtime --with-opencv --without-onnxruntime -o r.tar.gz
err_has "r.tar.gz: already exists"

mkdir -p root/opt
tar xzf r.tar.gz -C root/opt
cd root/opt || exit 1
for program in bin/mlopsctl-runtime bin/launch lib/ld-linux-x86-64.so.2; do
  [ -x $program ] || fail "$program cannot be executed"
done
[ "$(stat -c %a lib/libc.so.6)" = 644 ] || fail "a library has another mode"
file=share/doc/libc6/copyright
cmp $file /usr/$file || fail "a copyright file differs"
grep -q "^libc6 .*https://snapshot.debian.org/package/glibc/" share/doc/SOURCES || fail "no source of libc6 is named"
# The bill: each program, library and certificate by its digest, and nothing that is not there.
jq -r '.components[].components[]? | "sha256:" + .hashes[0].content + " " + .name' sbom.json | sort > "$WORK/bill"
jq -r '.items[] | .digest + " " + .name' "$WORK/r.json" | grep -vE ' (share/|sbom.json)' | sort > "$WORK/there"
diff "$WORK/there" "$WORK/bill" || fail "the bill of materials differs from what is there"
[ "$(jq -r '[.bomFormat, .specVersion, (.components | all(.version != null))] | @tsv' sbom.json)" = "CycloneDX	1.5	true" ] ||
  fail "the bill of materials"

# Modules are found beside the bundle's program, although the system started the loader.
bin/launch engines --json > "$OUT" 2> "$ERR" || fail "the bundle does not start"
json '.engines[] | select(.name == "opencv") | .available' true
cd /
LD_LIBRARY_PATH='' PATH=/nowhere "$WORK/root/opt/bin/launch" engines > "$OUT" 2> "$ERR" || fail "it does not start from elsewhere"
ln -s "$WORK/root/opt/bin/launch" "$WORK/link"
"$WORK/link" engines > "$OUT" 2> "$ERR" || fail "it does not start through a link"
if [ "$(id -u)" = 0 ]; then # nothing else there: no C library, no /proc, no shell
  chroot "$WORK/root" /opt/bin/launch engines --json > "$OUT" 2> "$ERR" || fail "it does not start in an empty root"
  json '.engines[] | select(.name == "opencv") | .available' true
fi

# As a component: the launcher at the top, under the program's name, finds the same.
cd "$WORK" || exit 1
run 0 package component --runtime r.tar.gz -o c.zip
unzip -qd component c.zip
chmod -R u+x component # as the recipe's Permission does it
component/mlopsctl-runtime engines --json > "$OUT" 2> "$ERR" || fail "the component does not start"
json '.engines[] | select(.name == "opencv") | .available' true

rm "$WORK/root/opt/lib/ld-linux-x86-64.so.2"
"$WORK/root/opt/bin/launch" engines > "$OUT" 2> "$ERR"
[ $? = 126 ] || fail "a bundle without its loader has another exit status"
err_has "ld-linux-x86-64.so.2: cannot be run: No such file or directory"
