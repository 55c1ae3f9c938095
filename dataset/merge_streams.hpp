// SPDX-License-Identifier: Apache-2.0
// merge_detections over whole data sets: images are matched by reference.
#pragma once

#include "dataset/merge.hpp"
#include "dataset/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace mlopsctl::dataset {

struct MergeOptions {
  MergeMethod method = MergeMethod::weighted;
  double iou_threshold = 0.55;
  double min_score = 0; ///< merged boxes below are left out
  /// For each sample of source number \p source before images are matched; may be empty.
  std::function<void(std::size_t source, Sample&)> transform;
};

/// Holds all boxes in memory. Images come in the order of their first mention; an image that only
/// some sources know counts as seen empty by the others. Results are marked as made by a machine.
/// \return images read. \throws Error(input) if two sources give an image two sizes.
std::int64_t merge_streams(const std::vector<std::unique_ptr<SampleReader>>& sources,
                           const MergeOptions& options, SampleWriter& writer);

} // namespace mlopsctl::dataset
