#!/usr/bin/env bash
# onnxruntime.sh: prints the path of ONNX Runtime's library for the tests; fetched once, from the npm package onnxruntime-node
# (of a fixed version and hash; nothing of it is run), into $XDG_CACHE_HOME/mlopsctl.
set -eu
version=1.30.0
sha512=twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mlopsctl
library=$cache/libonnxruntime.so.$version
if [ ! -f "$library" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --silent --ignore-scripts "onnxruntime-node@$version" >/dev/null)
  package=$work/onnxruntime-node-$version.tgz
  [ "$(openssl dgst -sha512 -binary "$package" | base64 -w0)" = "$sha512" ] || {
    echo "onnxruntime-node-$version.tgz is not the file that was looked at: its SHA-512 differs" >&2
    exit 1
  }
  mkdir -p "$cache"
  tar -xzf "$package" -C "$work" --wildcards 'package/bin/napi-v*/linux/x64/libonnxruntime.so.1'
  mv "$work"/package/bin/napi-v*/linux/x64/libonnxruntime.so.1 "$library"
fi
echo "$library"
