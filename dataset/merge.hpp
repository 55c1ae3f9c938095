// SPDX-License-Identifier: Apache-2.0
// Several detectors' boxes of one image made into one set.
#pragma once

#include "dataset/sample.hpp"

#include <vector>

namespace mlopsctl::dataset {

enum class MergeMethod {
  weighted, ///< weighted box fusion (Solovyev, Wang, Gabruseva 2021): corners averaged by score
  best      ///< non-maximum suppression: the best box of each heap as it is
};

/// \param sources the boxes of each detector for one image; a box without score counts as 1.
/// \param iou boxes of one class that overlap by more than this are about one object, 0..1.
/// \return boxes by falling score. Weighted: the score is the mean of the heap, times the share of
/// the detectors that saw the object (at most 1).
std::vector<Annotation> merge_detections(const std::vector<std::vector<Annotation>>& sources,
                                         MergeMethod method, double iou_threshold);

} // namespace mlopsctl::dataset
