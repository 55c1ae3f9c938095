// SPDX-License-Identifier: Apache-2.0
// How much a number would move if other images had been taken: percentile bootstrap over images.
#pragma once

#include "bench/evaluation.hpp"

#include <functional>

namespace mlopsctl::bench {

/// Middle 95 % of the values of a statistic.
struct Interval {
  Metric low;
  Metric high;
  std::int64_t count = 0; ///< samples in which the statistic is defined
};

/// A statistic's values when image i counts weights[i] times. Called from several threads.
using Statistics = std::function<std::vector<Metric>(const std::vector<std::int32_t>& weights)>;

/// How often each of \p images images is in sample \p number: as many draws as there are images,
/// with replacement. Only the arguments decide.
std::vector<std::int32_t> bootstrap_weights(std::int32_t images, std::uint64_t seed,
                                            std::uint64_t number);

/// \param samples > 0. \return one interval a statistic, from the 2.5th to the 97.5th percentile
/// by nearest rank; undefined if no sample defines it. \param jobs never changes the result.
std::vector<Interval> bootstrap_intervals(std::int32_t images, int samples, std::uint64_t seed,
                                          int jobs, const Statistics& statistics);

} // namespace mlopsctl::bench
