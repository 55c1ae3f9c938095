// SPDX-License-Identifier: Apache-2.0
// An SSD detector of MXNet as rooms see it that know packages and no formats: a graph in ONNX and
// the numbers of its last step.
#pragma once

#include "package/model_package.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::package {

inline constexpr const char* k_mxnet_ssd = "mxnet-ssd"; ///< model.yaml: format, and decoder.kind

struct SsdModel {
  std::string onnx; ///< outputs "cls_pred" 1x(1 + classes)xA before softmax, "loc_pred" 1x4A
  std::int64_t classes = 0;                  ///< without the background
  std::vector<std::array<float, 4>> anchors; ///< A of left, top, right, bottom, relative
  std::array<double, 4> variances{0.1, 0.1, 0.2, 0.2};
  bool is_clipped = true;
  std::int64_t nms_topk = -1; ///< below 1: all
};

/// "model_algo_1-symbol.json" for "model_algo_1-0000.params", which MXNet writes beside each other.
/// \throws Error(input) if \p weights has another name.
std::string symbol_file(const std::string& weights);

/// \param package of format mxnet-ssd. \throws Error(input) naming the node that does not fit.
SsdModel translate_ssd(const ModelPackage& package);

} // namespace mlopsctl::package
