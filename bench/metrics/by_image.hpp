// SPDX-License-Identifier: Apache-2.0
// Truths and detections of one image at a time, all classes together.
#pragma once

#include "bench/evaluation.hpp"

#include <functional>

namespace mlopsctl::bench {

/// Calls \p visit once for each image, in order, with its truths by position and its detections
/// with at least \p score_threshold by falling score, then position. The vectors are reused.
using VisitImage = std::function<void(const std::vector<const TruthBox*>& truths,
                                      const std::vector<const ScoredBox*>& detections)>;
void for_each_image(const Evaluation& evaluation, double score_threshold, const VisitImage& visit);

/// Share of \p detection's area that lies in \p crowd: COCO's overlap with a crowd.
double share_inside(const dataset::Box& detection, const dataset::Box& crowd);

/// Of any crowd of its class, at least \p min_iou of the detection lies in it.
bool is_in_crowd(const ScoredBox& detection, const std::vector<const TruthBox*>& truths,
                 double min_iou);

} // namespace mlopsctl::bench
