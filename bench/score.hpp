// SPDX-License-Identifier: Apache-2.0
// Score: predictions against truth under one protocol, as the numbers that commands print and rows
// keep.
#pragma once

#include "bench/details.hpp"
#include "bench/predictions.hpp"
#include "bench/truth.hpp"
#include "core/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::bench {

/// coco and the two of VOC are for boxes; accuracy is for classes of whole pictures.
enum class Protocol { coco, voc, voc11, accuracy };
std::string_view protocol_name(Protocol protocol);
/// \throws Error(usage) for another word than coco, voc and voc11.
Protocol protocol_from_name(const std::string& name);

struct ScoreOptions {
  Protocol protocol = Protocol::coco;
  std::vector<double> voc_iou{0.5}; ///< voc, voc11: a map_<percent> for each
  int jobs = 1;
  double score_threshold = 0.25; ///< of details: precision, recall, F1, confusions, errors
  std::vector<int> top_k{5};     ///< accuracy: an accuracy_top_<k> for each
  bool wants_details = false;
  int bootstrap_samples = 0; ///< 0: no intervals
  std::uint64_t seed = 1;    ///< of the bootstrap
};

struct ClassScore {
  std::string name;
  Metrics metrics;
  std::int64_t objects = 0;    ///< of the truth, crowd and (VOC) difficult ones included
  std::int64_t detections = 0; ///< classification: pictures whose first guess it is
};

struct Score {
  Protocol protocol = Protocol::coco;
  Metrics metrics;
  std::vector<ClassScore> per_class;                   ///< in the order of the truth's classes
  std::optional<DetectionDetails> detection;           ///< where wanted
  std::optional<ClassificationDetails> classification; ///< where wanted
  std::optional<Bootstrap> bootstrap;                  ///< where wanted
};

/// "map_50" for 0.5; \throws Error(usage) if \p iou is no whole percent of 1..100.
std::string map_name(double iou);
/// Names of the metrics that score() gives, for messages and gates.
std::vector<std::string> metric_names(const ScoreOptions& options);

/// The rows of both, as metrics look at them; they must outlive it.
Evaluation evaluation_of(const Truth& truth, const Predictions& predictions);

/// The metrics that get intervals: map_50_95 and map_50, those of voc, or accuracy.
std::vector<std::string> headline_names(const ScoreOptions& options);

/// What a row keeps: the metrics and, of boxes, what details say in single numbers (precision,
/// recall, f1, errors_<type>) at options.score_threshold.
Metrics row_metrics(const Score& score);
std::vector<std::string> row_metric_names(const ScoreOptions& options);

/// The values of headline_names() as functions of how often each image of the truth counts. Does
/// not refer to its arguments once it is made.
Statistics headline_statistics(const Truth& truth, const Predictions& predictions,
                               const ScoreOptions& options);

/// A classification truth is scored as accuracy whatever the protocol.
Score score(const Truth& truth, const Predictions& predictions, const ScoreOptions& options);

/// {"map_50": 0.5, "map_small": null ...}.
Value to_value(const Metrics& metrics);
/// {"person": {"ap_50_95": ..., "objects": N, "detections": N} ...}, with details where there are.
Value classes_value(const Score& score);
/// Adds to a document what the score has besides metrics: details and intervals.
void add_details(const Score& score, Value& document);
/// {"unknown_images": N, "unknown_classes": {...} ...}.
Value to_value(const LeftOut& left_out);

} // namespace mlopsctl::bench
