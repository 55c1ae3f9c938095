#!/usr/bin/env bash
# Every shell script of the tree through shellcheck.
set -eu
cd "$1"
command -v shellcheck >/dev/null || { echo "SKIPPED: needs shellcheck, which is not here"; exit 77; }
mapfile -t scripts < <(find . -path ./build -prune -o -path './.ci/run' -print -o -name '*.sh' -print)
shellcheck -s bash -S warning -x -e SC1091 -e SC2155 "${scripts[@]}"
echo "${#scripts[@]} scripts read"
