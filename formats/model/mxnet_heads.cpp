// SPDX-License-Identifier: Apache-2.0
#include "formats/model/mxnet_heads.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::formats {
namespace {

/// What a softmax of any kind takes; other nodes are taken as they are.
std::size_t before_softmax(const MxSymbol& symbol, std::size_t node) {
  const auto& op = symbol.nodes[node].op;
  const bool is_softmax = op == "SoftmaxActivation" || op == "SoftmaxOutput" || op == "softmax";
  return is_softmax && !symbol.nodes[node].inputs.empty() ? symbol.nodes[node].inputs[0].node
                                                          : node;
}

} // namespace

/// Of the detection at the end of a deploy graph (training graphs may have it, too), else of the
/// targets that a training graph computes from the same parts.
MxHeads find_mx_heads(const MxSymbol& symbol, const std::string& name) {
  const auto fail = [&](const std::string& text) {
    throw Error(Fault::input, name + ": " + text,
                "this reads SSD detectors of MXNet, as SageMaker's object detection trains them");
  };
  if (const auto detection = symbol.find_op(k_mx_detection)) {
    const auto& inputs = symbol.nodes[*detection].inputs;
    if (inputs.size() != 3)
      fail("'" + printable(symbol.nodes[*detection].name) + "' has " +
           std::to_string(inputs.size()) + " inputs, not 3");
    return {before_softmax(symbol, inputs[0].node), inputs[1].node, inputs[2].node};
  }
  const auto target = symbol.find_op(k_mx_target);
  const auto boxes = symbol.find_name("multibox_loc_pred");
  if (!target || !boxes || symbol.nodes[*target].inputs.size() != 3)
    fail(std::string("has no ") + k_mx_detection + ", and no " + k_mx_target +
         " with a 'multibox_loc_pred'");
  const auto& inputs = symbol.nodes[*target].inputs;
  return {before_softmax(symbol, inputs[2].node), *boxes, inputs[0].node};
}

void mark_mx_needed(const MxSymbol& symbol, std::size_t from, std::vector<char>& is_needed) {
  std::vector<std::size_t> open{from};
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (is_needed[node])
      continue;
    is_needed[node] = 1;
    for (const auto& input : symbol.nodes[node].inputs)
      open.push_back(input.node);
  }
}

} // namespace mlopsctl::formats
