# package verify reads graph and weights of an MXNet detector as infer does: what infer refuses is not good.
. "$(dirname "$0")/../lib.sh"
mkdir ssd
cat > ssd/model.yaml <<'YAML'
schema: mlopsctl.model/1
name: ssd
task: detection
weights: model_algo_1-0000.params
format: mxnet-ssd
input: {name: data, width: 300, height: 300, color: rgb, resize: stretch, scale: 1, mean: [0, 0, 0], std: [1, 1, 1]}
decoder: {kind: mxnet-ssd, score_threshold: 0.3}
labels: [a, b]
licence: MIT
YAML
echo '{"nodes": [' > ssd/model_algo_1-symbol.json
printf 'junk' > ssd/model_algo_1-0000.params
run 3 package verify ssd
out_has "model_algo_1-symbol.json"
out_has "ssd: not good, 1 error"
echo '{"nodes": [{"op": "null", "name": "data", "inputs": []}], "arg_nodes": [0], "heads": [[0, 0, 0]]}' > ssd/model_algo_1-symbol.json
run 3 package verify ssd
out_has "ends early: 8 more bytes are due, 4 are there"
