// SPDX-License-Identifier: Apache-2.0
// Classification: how many pictures got the right class.
#pragma once

#include "bench/evaluation.hpp"

namespace mlopsctl::bench {

/// What a model says about one picture: class indexes of the truth by falling score; -1 for a class
/// that the truth does not have.
using RankedClasses = std::vector<std::int32_t>;

struct AccuracyResult {
  Metric accuracy; ///< the first guess is right, 0..1 of all pictures
  Metric accuracy_top_5;
  Metric accuracy_balanced; ///< mean of the classes' accuracies: a rare class counts as much as a
                            ///< common one
  std::vector<Metric> per_class; ///< of the pictures of a class, how many were found (recall)
};

/// \param truth class index of each picture. \param guesses one entry a picture; an empty one (no
/// prediction) is wrong.
AccuracyResult accuracy_metrics(const std::vector<std::int32_t>& truth,
                                const std::vector<RankedClasses>& guesses,
                                std::int32_t class_count);

} // namespace mlopsctl::bench
