# The preview page in a real browser: filters work by themselves and from the address.
. "$(dirname "$0")/../lib.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "SKIPPED: needs chromium, which is not here"; exit 77; }
dom() { # fragment
  "$browser" --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$WORK/profile" --virtual-time-budget=3000 --dump-dom "file://$WORK/page.html$1" 2>/dev/null
}
run 0 capture 'pattern:shapes?seed=3&size=160x120&fps=2&seconds=4' -o frames
run 0 manifest preview frames/labels.manifest -o page.html
dom '' > all.dom
[ "$(grep -o '<figure [^>]*>' all.dom | grep -vc ' hidden')" = 8 ] || fail "all cards: $(grep -c '<figure' all.dom)"
want=$(jq -s '[.[] | select([to_entries[] | select(.key | endswith("-metadata")) | .value."class-map"[]] | index("circle"))] | length' frames/labels.manifest)
dom '#class=circle' > circle.dom
[ "$(grep -o '<figure [^>]*>' circle.dom | grep -vc ' hidden')" = "$want" ] || fail "filter by class: wanted $want"
grep -o '<b id="shown">[0-9]*' circle.dom | grep -qx "<b id=\"shown\">$want" || fail "the count does not follow"
dom '#q=nothing-has-this-name' > none.dom
[ "$(grep -o '<figure [^>]*>' none.dom | grep -vc ' hidden')" = 0 ] || fail "search"
