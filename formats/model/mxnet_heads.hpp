// SPDX-License-Identifier: Apache-2.0
// Where an SSD of MXNet ends: the classes, boxes and anchors that its losses or its detection take.
#pragma once

#include "formats/model/mxnet_symbol.hpp"

#include <string>
#include <vector>

namespace mlopsctl::formats {

inline constexpr const char* k_mx_detection = "_contrib_MultiBoxDetection";
inline constexpr const char* k_mx_target = "_contrib_MultiBoxTarget";

/// Positions of nodes.
struct MxHeads {
  std::size_t classes = 0; ///< before its softmax
  std::size_t boxes = 0;
  std::size_t anchors = 0;
};

/// Of a training graph or a deploy graph. \throws Error(input) if it is no SSD.
MxHeads find_mx_heads(const MxSymbol& symbol, const std::string& name);

/// Marks \p from and everything that it is computed from. \param is_needed one a node.
void mark_mx_needed(const MxSymbol& symbol, std::size_t from, std::vector<char>& is_needed);

} // namespace mlopsctl::formats
