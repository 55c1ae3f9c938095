// SPDX-License-Identifier: Apache-2.0
// Non-maximum suppression: of boxes that overlap, the best stays.
#pragma once

#include "dataset/sample.hpp"
#include "package/model_spec.hpp"

#include <vector>

namespace mlopsctl::inference {

/// Greedy. Equal scores keep the order in which they came, so the result is the same everywhere.
/// \param spec boxes whose IoU with a better one is above spec.iou go; with spec.per_class only
/// boxes of the same class compete.
/// \param limit at most this many stay, > 0. \return by falling score.
std::vector<dataset::Detection> nms(std::vector<dataset::Detection> candidates,
                                    const package::NmsSpec& spec, int limit);

} // namespace mlopsctl::inference
