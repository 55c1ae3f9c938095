// SPDX-License-Identifier: Apache-2.0
// Two sets of predictions for the same pictures, compared picture by picture.
#pragma once

#include "bench/comparison.hpp"
#include "bench/score.hpp"

namespace mlopsctl::bench {

/// The headline metrics over the images that both have, and the range of their differences: both
/// sides are drawn together (percentile bootstrap over images, options.bootstrap_samples times), so
/// that what is hard for both does not count as noise. Not judged yet.
/// \throws Error(input) if they have no image in common.
Comparison compare_predictions(const Truth& truth, const Predictions& a, const Predictions& b,
                               const ScoreOptions& options);

} // namespace mlopsctl::bench
