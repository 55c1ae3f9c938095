# The whole life of a model on generated video, as examples/quickstart.sh shows it, without the build.
. "$(dirname "$0")/../lib.sh"
bash "$MLOPSCTL_SOURCE/examples/quickstart.sh" --out "$WORK/out" >"$OUT" 2>"$ERR" || fail "quickstart ended with $?"
out_has "Where everything is"
for product in labels.manifest splits/train.manifest splits/test.manifest labels.coco.json yolo/data.yaml model.tar.gz cloud edge \
  test.jsonl drawn bench.db; do
  [ -s "out/$product" ] || fail "$product is missing or empty"
done
run 0 bench show --table out/bench.db --json
json '.rows | length' 1
map_50=$(jq '.rows[0].map_50' "$OUT")
[ "$(jq -n "$map_50 >= 0.95")" = true ] || fail "map_50 of the shapes model is $map_50, expected at least 0.95"
bash "$MLOPSCTL_SOURCE/examples/quickstart.sh" --out "$WORK" >"$OUT" 2>"$ERR" && fail "a foreign folder was taken"
err_has "is not from an earlier run"
