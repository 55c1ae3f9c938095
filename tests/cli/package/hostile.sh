# Archives that nobody should unpack: every command that reads one refuses it by name, in little time and memory, and writes nothing.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../tiny.sh"
python3 "$HERE/make_hostile.py" || fail "make_hostile.py"
echo 'def handle(): pass' > service.py
mkdir pictures && echo "$RED" | base64 -d > pictures/red.png

refused() { # ARCHIVE TEXT
  local command
  for command in "package inspect $1" "package deployable $1 -o none.tar.gz" "package component $1 -o none.zip" \
    "package component --runtime $1 -o none.zip" "package lambda --runtime $1 -o none.zip" "package image $1 -o none.tar" \
    "package mar $1 --handler service.py -o none.mar" "infer --model $1 pictures -o none.jsonl"; do
    # shellcheck disable=SC2086
    run 1 $command
    err_has "$2"
  done
  run 3 package verify "$1"
  out_has "$2"
  for output in none.*; do [ ! -e "$output" ] || fail "$1: $output was written"; done
}
refused million.tar.gz "member '0100000' is one more than the limit of 100000 members"
refused many.zip "holds more than the limit of 100000 members"
refused lies.zip "holds more than the limit of 100000 members"
for kind in tar.gz zip; do refused zeros.$kind "unpacks to more than 200 times the size of the archive"; done
refused overlap.zip "names 1000 members in its directory, and 1 are there"
for kind in char block fifo; do refused $kind.tar.gz "member 'model.yaml' is a device, pipe or socket"; done
refused hard.tar.gz "member 'model.yaml' is a hard link"
refused sym.tar.gz "member 'model.yaml' is a symbolic link"
refused below.tar.gz "member 'out' is a symbolic link"
refused twice.tar.gz "member './a' occurs twice"
refused up.tar.gz "member 'a/../../model.yaml' has a name that contains '..'"
refused root.tar.gz "member '/model.yaml' has a name that is absolute"

# Memory does not grow with what an archive promises.
for name in million.tar.gz lies.zip zeros.tar.gz zeros.zip; do
  (
    ulimit -v 700000
    "$MLOPSCTL" package inspect $name > "$OUT" 2> "$ERR"
  )
  [ $? = 1 ] || fail "$name: needs more than its share of memory: $(head -c 300 "$ERR")"
done
