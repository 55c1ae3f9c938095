// SPDX-License-Identifier: Apache-2.0
// What a detector does at one score threshold, and the threshold at which it does best.
#pragma once

#include "bench/metrics/ranking.hpp"

namespace mlopsctl::bench {

/// Counts of detections with at least a score, and what follows from them.
struct OperatingPoint {
  double score_threshold = 0;
  std::int64_t hits = 0;       ///< true positives
  std::int64_t detections = 0; ///< true and false positives
  std::int64_t truths = 0;     ///< true positives and false negatives

  Metric precision() const; ///< hits of detections; undefined without a detection
  Metric recall() const;    ///< hits of truths; undefined without a truth
  Metric f1() const;        ///< harmonic mean of both; undefined with neither detection nor truth
};

OperatingPoint operating_point(const Ranking& ranking, double score_threshold);

/// The score threshold with the largest F1, the highest among equals. \return nothing without a
/// truth or without a hit.
std::optional<OperatingPoint> best_f1_point(const Ranking& ranking);

/// All classes taken together (micro average).
OperatingPoint sum_of(const std::vector<OperatingPoint>& points, double score_threshold);

/// A curve at the 101 recall points of COCO.
struct PrecisionRecallCurve {
  std::vector<double> precision; ///< the best at that recall or higher; 0 where it is not reached
  std::vector<Metric> score;     ///< of the detection that reaches the recall
};
/// \return empty vectors without a truth.
PrecisionRecallCurve precision_recall_curve(const Ranking& ranking);

} // namespace mlopsctl::bench
