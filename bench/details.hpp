// SPDX-License-Identifier: Apache-2.0
// What stands behind a score: thresholds, curves, confusions, kinds of error, intervals.
#pragma once

#include "bench/metrics/accuracy.hpp"
#include "bench/metrics/bootstrap.hpp"
#include "bench/metrics/confusion.hpp"
#include "bench/metrics/error_types.hpp"
#include "bench/metrics/operating_point.hpp"
#include "core/value.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

constexpr double k_details_iou = 0.5;

/// Of boxes; vectors by class index.
struct DetectionDetails {
  OperatingPoint all; ///< all classes together, at the score threshold
  std::vector<OperatingPoint> per_class;
  std::vector<std::optional<OperatingPoint>> best_f1;
  std::vector<PrecisionRecallCurve> curves;
  ConfusionMatrix confusion;
  ErrorReport errors;
};
/// \param rankings by class, under the protocol's rules at k_details_iou. \param
/// is_difficult_left_out as in those rules.
DetectionDetails detection_details(const Evaluation& evaluation,
                                   const std::vector<Ranking>& rankings, bool is_difficult_left_out,
                                   double score_threshold, int jobs);

/// Of classes of whole pictures.
struct ClassificationDetails {
  Calibration calibration;
  ConfusionMatrix confusion; ///< a picture without a known class as its first guess: background
};
ConfusionMatrix confusion_of_guesses(const std::vector<std::int32_t>& truth,
                                     const std::vector<RankedClasses>& guesses,
                                     std::int32_t class_count);

/// The headline metrics with their 95 % intervals.
struct Bootstrap {
  int samples = 0;
  std::uint64_t seed = 0;
  std::vector<std::pair<std::string, Interval>> intervals;
};

/// {"classification": N, "localisation": N ...}.
Value to_value(const ErrorCounts& counts);
/// {"precision": P, "recall": R, "f1": F, "best_f1": F, "best_f1_score_threshold": S, "errors":
/// {}}.
Value class_value(const DetectionDetails& details, std::size_t index);
/// {"samples": N, "seed": N, "confidence": 0.95, "intervals": {"map_50": {"low", "high"}}}.
Value to_value(const Bootstrap& bootstrap);
/// Adds "operating_point", "errors", "confusion" and "pr_curves".
void add_details(const DetectionDetails& details, const std::vector<std::string>& classes,
                 Value& document);
/// Adds "calibration" and "confusion".
void add_details(const ClassificationDetails& details, const std::vector<std::string>& classes,
                 Value& document);

} // namespace mlopsctl::bench
