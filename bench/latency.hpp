// SPDX-License-Identifier: Apache-2.0
// Latency statistics.
#pragma once

#include <cstdint>
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
};

/// Nearest rank: the smallest value that at least the share \p p of all does not exceed, which is
/// the one at ceil(p * n). \param sorted_ns not empty, ascending. \param p over 0, up to 1.
std::int64_t percentile_ns(const std::vector<std::int64_t>& sorted_ns, double p);

/// \param latency_ns in any order; empty gives a summary with count 0.
LatencySummary summarize_latency(std::vector<std::int64_t> latency_ns);

} // namespace mlopsctl::bench
