# shellcheck shell=bash disable=SC2034 # variables are for the scripts that source this
# Sourced by tests/run.sh --long: what is too slow for every run.
need_packages clang-14 libclang-rt-14-dev libbenchmark-dev

echo "== Unit tests under the thread sanitizer"
build_preset tsan --target sanitized
(cd "$ROOT/build/tsan" && TSAN_OPTIONS=suppressions=$ROOT/tests/tsan.supp ctest -L unit -j"$(nproc)" --output-on-failure --no-tests=error) || status=1

echo "== Fuzzing, ${MLOPSCTL_FUZZ_SECONDS:-600} s a parser"
build_preset fuzz --target mlopsctl_fuzz
for target in $("$ROOT/build/fuzz/mlopsctl_fuzz" --list); do
  found=$ROOT/build/fuzz/corpus/$target
  mkdir -p "$found"
  MLOPSCTL_FUZZ_TARGET=$target "$ROOT/build/fuzz/mlopsctl_fuzz" -max_total_time="${MLOPSCTL_FUZZ_SECONDS:-600}" \
    -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -artifact_prefix="$ROOT/build/fuzz/crash-$target-" \
    "$found" "$ROOT/tests/fuzz/corpus/$target" || status=1
done

echo "== capture killed at 200 moments, into a folder and into S3"
MLOPSCTL=$ROOT/build/ci/mlopsctl MLOPSCTL_KILL_MOMENTS=200 bash "$ROOT/tests/loopback/kill.sh" || status=1
MLOPSCTL=$ROOT/build/ci/mlopsctl MLOPSCTL_KILL_MOMENTS=200 bash "$ROOT/tests/loopback/edge_kill.sh" || status=1

for script in "$ROOT"/bench/self/*.sh; do
  echo "== $(basename "$script")"
  bash "$script" || status=1
done
