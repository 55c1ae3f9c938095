// SPDX-License-Identifier: Apache-2.0
// Latency statistics.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mlopsctl::bench {

/// Of one series of times; everything in ms except the count.
struct LatencySummary {
  std::int64_t count = 0;
  double mean_ms = 0;
  double min_ms = 0;
  double max_ms = 0;
  double p50_ms = 0;
  double p90_ms = 0;
  double p99_ms = 0;
  double p10_ms = 0; ///< these three for the shape of the distribution
  double p25_ms = 0;
  double p75_ms = 0;
  /// Ranges of p50, p90 and p99, in this order; nothing where there are too few times.
  std::array<std::optional<std::pair<double, double>>, 3> range_ms = {};
};

/// Nearest rank: the smallest value that at least the share \p p of all does not exceed, which is
/// the one at ceil(p * n). \param sorted_ns not empty, ascending. \param p over 0, up to 1.
std::int64_t percentile_ns(const std::vector<std::int64_t>& sorted_ns, double p);

/// The range that the percentile \p p of all times lies in with 95 % confidence, whatever their
/// distribution: the values at the ranks floor(p n - z s) and ceil(p n + z s) + 1 with
/// s = sqrt(n p (1 - p)) and z = 1.96 (Conover, Practical Nonparametric Statistics, 3.2).
/// \return nothing if those ranks are not there (the median needs 8 times, p99 some 700).
std::optional<std::pair<std::int64_t, std::int64_t>>
percentile_range_ns(const std::vector<std::int64_t>& sorted_ns, double p);

/// \param latency_ns in any order; empty gives a summary with count 0.
LatencySummary summarize_latency(std::vector<std::int64_t> latency_ns);

} // namespace mlopsctl::bench
