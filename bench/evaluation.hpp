// SPDX-License-Identifier: Apache-2.0
// What a metric looks at: truth boxes and detections as plain rows, images and classes as indexes.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::bench {

/// One object that is really there.
struct TruthBox {
  std::int32_t image = 0;
  std::int32_t label = 0; ///< class index
  dataset::Box box;
  double area_px = 0; ///< COCO's `area` where the source has it (of the mask), else that of the box
  bool is_crowd = false;
  bool is_difficult = false;
};

/// One object that a model claims.
struct ScoredBox {
  std::int32_t image = 0;
  std::int32_t label = 0; ///< class index of the truth, not of the model
  double score = 0;
  dataset::Box box;
};

/// Images count 0..image_count-1 in the order in which equal scores are taken (see Truth).
/// The order of rows matters only between equals: truths by position, detections by score, then
/// image, then position. The rows belong to somebody else.
struct Evaluation {
  std::int32_t image_count = 0;
  std::int32_t class_count = 0;
  std::span<const TruthBox> truths;
  std::span<const ScoredBox> detections;
};

/// A number that may be undefined (no object of that size, no picture): null in JSON, never -1.
using Metric = std::optional<double>;
using Metrics = std::vector<std::pair<std::string, Metric>>;

/// \return \p count numbers from \p start to \p stop, bit for bit those of numpy.linspace: i * step
/// + start, the last one exactly \p stop. Recall 9/15 lies below linspace(0, 1, 11)[6], and
/// published numbers depend on that.
std::vector<double> linspace(double start, double stop, int count);

/// Positions of detections, grouped by class; in a class by image, then by position.
std::vector<std::vector<std::int32_t>> detections_by_class(const Evaluation& evaluation);
std::vector<std::vector<std::int32_t>> truths_by_class(const Evaluation& evaluation);

/// \return the mean of those that are defined, in their order; undefined if none is.
Metric mean_of_defined(const std::vector<Metric>& values);

} // namespace mlopsctl::bench
