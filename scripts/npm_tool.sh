#!/usr/bin/env bash
# npm_tool.sh NAME FILE: prints the path of FILE below node_modules of a tool for tests, which tests/loopback/NAME pins; fetched once
# from npm, every package of a fixed version and hash and no install script run, into $XDG_CACHE_HOME/mlopsctl.
set -eu
lock=$(cd "$(dirname "$0")/../tests/loopback/$1" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mlopsctl
folder=$cache/$1-$(sha256sum "$lock/package-lock.json" | cut -c1-16)
if [ ! -f "$folder/node_modules/$2" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/$1.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp "$lock/package.json" "$lock/package-lock.json" "$work"
  (cd "$work" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
  rm -rf "$folder"
  mv "$work" "$folder"
fi
echo "$folder/node_modules/$2"
