// SPDX-License-Identifier: Apache-2.0
#include "formats/model/mxnet_deploy.hpp"

#include "core/text.hpp"
#include "formats/model/mxnet_heads.hpp"

namespace mlopsctl::formats {
namespace {

constexpr const char* k_variances = "variances";

/// The boxes were trained with these variances: of the detection that is there, else of the
/// targets.
std::string variances_of(const MxSymbol& symbol) {
  for (const char* op : {k_mx_detection, k_mx_target})
    if (const auto node = symbol.find_op(op)) {
      const auto& attributes = symbol.nodes[*node].attributes;
      if (const auto found = attributes.find(k_variances); found != attributes.end())
        return found->second;
    }
  return "(0.1, 0.1, 0.2, 0.2)";
}

/// The nodes that \p heads need, in their order; \p heads become positions among them.
MxSymbol trunk_of(const MxSymbol& symbol, MxHeads& heads) {
  std::vector<char> is_needed(symbol.nodes.size());
  for (const auto head : {heads.classes, heads.boxes, heads.anchors})
    mark_mx_needed(symbol, head, is_needed);
  MxSymbol out;
  out.version = symbol.version;
  std::vector<std::size_t> moved(symbol.nodes.size());
  for (std::size_t i = 0; i < symbol.nodes.size(); ++i) {
    if (!is_needed[i])
      continue;
    moved[i] = out.nodes.size();
    out.nodes.push_back(symbol.nodes[i]);
    for (auto& input : out.nodes.back().inputs)
      input.node = moved[input.node];
  }
  heads = {moved[heads.classes], moved[heads.boxes], moved[heads.anchors]};
  return out;
}

} // namespace

MxSymbol deploy_mxnet_ssd(const MxSymbol& symbol, const MxDetection& detection,
                          const std::string& name) {
  MxHeads heads = find_mx_heads(symbol, name);
  MxSymbol out = trunk_of(symbol, heads);
  out.nodes.push_back(
      {"SoftmaxActivation", "cls_prob", {{"mode", "channel"}}, {{heads.classes, 0}}});
  const std::size_t probabilities = out.nodes.size() - 1;
  out.nodes.push_back({k_mx_detection,
                       "detection",
                       {{"force_suppress", detection.is_force_suppressed ? "True" : "False"},
                        {"nms_threshold", number(detection.nms_threshold)},
                        {"nms_topk", std::to_string(detection.nms_topk)},
                        {k_variances, variances_of(symbol)}},
                       {{probabilities, 0}, {heads.boxes, 0}, {heads.anchors, 0}}});
  out.heads = {{out.nodes.size() - 1, 0}};
  return out;
}

} // namespace mlopsctl::formats
