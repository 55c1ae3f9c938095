#!/usr/bin/env bash
# Runs a command of this tree on a Debian 12 that has nothing installed but git and ca-certificates: shows install steps that
# a developer's machine hides. Needs root and debootstrap.
#   bash scripts/fresh_machine.sh bash examples/quickstart.sh
#   bash scripts/fresh_machine.sh bash tests/run.sh
# FRESH_ROOT=/folder (default /var/tmp/mlopsctl-fresh) keeps the base system between runs; the working copy is always new.
set -eu
[ $# -gt 0 ] || { sed -n '2,6s/^# \?//p' "$0" >&2; exit 2; }
source_tree=$(cd "$(dirname "$0")/.." && pwd)
fresh=${FRESH_ROOT:-/var/tmp/mlopsctl-fresh}
base=$fresh/base
machine=$fresh/machine-$$
release_mounts() { umount -l "$machine/proc" "$machine/dev" 2>/dev/null || true; }
trap 'release_mounts; rm -rf --one-file-system "$machine"' EXIT

if [ ! -e "$base/.ready" ]; then
  mkdir -p "$fresh"
  debootstrap --variant=minbase --include=git,ca-certificates bookworm "$base" >/dev/null
  cp -r /etc/apt/apt.conf.d/. "$base/etc/apt/apt.conf.d/" # proxies of this network
  rm -f "$base"/etc/apt/apt.conf.d/*no* "$base"/etc/apt/apt.conf.d/docker-clean
  touch "$base/.ready"
fi
cp -a "$base" "$machine"
cp /etc/resolv.conf "$machine/etc/"
mount -t proc proc "$machine/proc"
mount --bind /dev "$machine/dev"
git clone -q "$source_tree" "$machine/root/mlopsctl"
[ ! -d "$source_tree/../shared" ] || cp -r "$source_tree/../shared" "$machine/root/shared"
chroot "$machine" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
  CI="${CI:-}" bash -c 'cd /root/mlopsctl && time "$@"' fresh "$@"
