# Every real model: described, packed twice (same bytes), verified, inspected.
. "$(dirname "$0")/../cli/lib.sh"
need_shared data/real/models/mnist.onnx
MODELS=$SHARED/data/real/models

check() { # FILE KIND LABELS WIDTH HEIGHT
  local dir
  dir=$(basename "$1" .onnx)
  mkdir "$dir"
  cp "$MODELS/$1" "$dir/"
  run 0 package describe "$dir/$1" -o "$dir/model.yaml" --licence MIT
  run 0 package describe "$dir/$1" --json
  json '.graph.inputs | length' 1
  json '.unknown | length' 0
  run 0 package verify "$dir" --json
  json .ok true
  json '.findings | length' 0
  run 0 package model "$dir" -o "$dir.tar.gz" --json --jobs 1
  local digest package_digest
  digest=$(jq -r .digest "$OUT")
  package_digest=$(jq -r .package_digest "$OUT")
  [ "sha256:$(sha256sum "$dir.tar.gz" | cut -d' ' -f1)" = "$digest" ] || fail "printed digest is not the file's"
  for jobs in 2 8; do
    run 0 package model "$dir" -o "$dir.$jobs.tar.gz" --jobs "$jobs"
    cmp "$dir.tar.gz" "$dir.$jobs.tar.gz" || fail "--jobs $jobs gives other bytes"
  done
  gzip -t "$dir.tar.gz" || fail "gzip does not take it"
  tar tzf "$dir.tar.gz" | diff - <({ ls "$dir"; echo sbom.json; } | LC_ALL=C sort) || fail "tar lists other files"
  run 0 package verify "$dir.tar.gz" --json
  json .ok true
  json .package_digest "$package_digest"
  run 0 package inspect "$dir.tar.gz" --json
  json .model.decoder.kind "$2"
  json '.model.labels | length' "$3"
  json .model.input.width "$4"
  json .model.input.height "$5"
}
check FastestDet.onnx fastestdet 80 352 352
check nanodet_m.onnx nanodet 80 416 416
check yunet_n_320_320.onnx yunet 1 320 320
check version-RFB-320.onnx ultraface 1 320 240
check MobileFaceNet.onnx embedding 0 112 112
check mnist.onnx classification 10 28 28

run 0 package describe "$MODELS/FastestDet.onnx" --labels "$MODELS/coco.names"
out_has "  - tvmonitor"
run 1 package describe "$MODELS/mnist.onnx" --labels "$MODELS/coco.names"
err_has "its outputs have 10 classes, but there are 80 labels"
run 0 package describe "$MODELS/mnist.onnx"
out_has "color: grey"
out_has "name: Input3  # from the graph: float32 1x1x28x28"
