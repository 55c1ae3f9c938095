// SPDX-License-Identifier: Apache-2.0
// Detection AP and AR by COCO's rules: the twelve numbers of pycocotools' COCOeval for boxes.
#pragma once

#include "bench/metrics/ranking.hpp"

namespace mlopsctl::bench {

/// One class under COCO's rules.
struct CocoClass {
  Metric ap_50_95; ///< mean over IoU 0.50:0.05:0.95, all areas, 100 detections an image
  Metric ap_50;
  Metric ap_75;
};

struct CocoResult {
  Metrics metrics;                  ///< map_50_95, map_50 ... ar_large, in COCO's order
  std::vector<CocoClass> per_class; ///< by class index
};

/// Continuous IoU, 101 recall points, areas 32^2 and 96^2 px, at most 1, 10 and 100 detections an
/// image and class; a crowd box takes any number of detections and counts neither for nor against.
/// \param jobs threads; one task is one class, and the result does not depend on their number.
/// \param at_50 null, or gets what rank_detections() gives for coco_rules(0.5), at little cost.
/// \return values 0..1, undefined where no truth box is of that area.
/// Source: pycocotools cocoeval.py, evaluateImg(), accumulate(), summarize(); maskApi.c, bbIou().
CocoResult coco_metrics(const Evaluation& evaluation, int jobs = 1,
                        std::vector<Ranking>* at_50 = nullptr);

} // namespace mlopsctl::bench
