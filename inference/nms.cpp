// SPDX-License-Identifier: Apache-2.0
#include "inference/nms.hpp"

#include <algorithm>

namespace mlopsctl::inference {

std::vector<dataset::Detection> nms(std::vector<dataset::Detection> candidates,
                                    const package::NmsSpec& spec, int limit) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<dataset::Detection> kept;
  for (const auto& candidate : candidates) {
    if (static_cast<int>(kept.size()) >= limit)
      break;
    const bool is_covered = std::any_of(kept.begin(), kept.end(), [&](const auto& better) {
      return (!spec.per_class || better.class_id == candidate.class_id) &&
             dataset::iou(better.box, candidate.box) > spec.iou;
    });
    if (!is_covered)
      kept.push_back(candidate);
  }
  return kept;
}

} // namespace mlopsctl::inference
