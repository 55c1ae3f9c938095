#!/usr/bin/env bash
# dynalite.sh: prints the path of dynalite's server (DynamoDB for tests); fetched once from npm, every package of a fixed
# version and hash and no install script run, into $XDG_CACHE_HOME/mlopsctl.
set -eu
lock=$(cd "$(dirname "$0")/../tests/loopback/dynalite" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mlopsctl
folder=$cache/dynalite-$(sha256sum "$lock/package-lock.json" | cut -c1-16)
if [ ! -f "$folder/node_modules/dynalite/cli.js" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/dynalite.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp "$lock/package.json" "$lock/package-lock.json" "$work"
  (cd "$work" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
  rm -rf "$folder"
  mv "$work" "$folder"
fi
echo "$folder/node_modules/dynalite/cli.js"
