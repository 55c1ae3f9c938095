// SPDX-License-Identifier: Apache-2.0
// An SSD detector of MXNet, as SageMaker's built-in object detection writes it (training or deploy
// graph), as ONNX and the numbers of its last step.
#pragma once

#include "formats/model/mxnet_params.hpp"
#include "formats/model/mxnet_symbol.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mlopsctl::formats {

struct MxSsd {
  /// Input k_ssd_input 1x3xHxW; outputs k_ssd_classes 1x(1 + classes)xA, before its softmax, and
  /// k_ssd_boxes 1x4A.
  std::string onnx;
  std::int64_t classes = 0; ///< without the background, by the graph
  /// A corner pairs (left, top, right, bottom), relative to the picture. Source: MXNet 1.7,
  /// multibox_prior.cc.
  std::vector<std::array<float, 4>> anchors;
  // Of _contrib_MultiBoxDetection; its defaults where the graph has none (a training graph).
  std::array<double, 4> variances{0.1, 0.1, 0.2, 0.2};
  bool is_clipped = true;
  double nms_threshold = 0.5;
  bool is_force_suppressed = false;
  std::int64_t nms_topk = -1; ///< below 1: all
};

inline constexpr const char* k_ssd_input = "data";
inline constexpr const char* k_ssd_classes = "cls_pred";
inline constexpr const char* k_ssd_boxes = "loc_pred";
inline constexpr const char* k_ssd_scores = "cls_prob";
inline constexpr const char* k_ssd_corners = "boxes";

/// Where the ONNX file ends: with what the trunk gives, as MxSsd says, or with what it means:
/// k_ssd_scores 1xAx(1 + classes), the background first, and k_ssd_corners 1xAx4 (left, top, right,
/// bottom, relative to the picture). The suppression comes behind either.
enum class MxSsdEnd { trunk, boxes };

/// \param width, height of the input, px. \param name for messages.
/// \throws Error(input) naming the node: an operator that is not translated, weights that are
/// missing or have another shape, or no detector at its end.
MxSsd translate_mxnet_ssd(const MxSymbol& symbol, std::span<const MxArray> weights, int width,
                          int height, const std::string& name, MxSsdEnd end = MxSsdEnd::trunk);

} // namespace mlopsctl::formats
