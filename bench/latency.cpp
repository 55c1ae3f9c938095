// SPDX-License-Identifier: Apache-2.0
#include "bench/latency.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace mlopsctl::bench {

std::int64_t percentile_ns(const std::vector<std::int64_t>& sorted_ns, double p) {
  const auto count = static_cast<double>(sorted_ns.size());
  // p * n may come out a hair above a whole number (0.07 * 100 does); that number is meant.
  const double rank = std::ceil(p * count - 1e-9);
  const auto index = static_cast<std::size_t>(std::clamp(rank, 1.0, count)) - 1;
  return sorted_ns[index];
}

std::optional<std::pair<std::int64_t, std::int64_t>>
percentile_range_ns(const std::vector<std::int64_t>& sorted_ns, double p) {
  constexpr double k_z = 1.959963984540054; // 97.5 % of the normal distribution lie below it
  const auto count = static_cast<double>(sorted_ns.size());
  const double side = k_z * std::sqrt(count * p * (1 - p));
  const double low = std::floor(p * count - side);
  const double high = std::ceil(p * count + side) + 1;
  if (low < 1 || high > count)
    return std::nullopt;
  return std::pair(sorted_ns[static_cast<std::size_t>(low) - 1],
                   sorted_ns[static_cast<std::size_t>(high) - 1]);
}

LatencySummary summarize_latency(std::vector<std::int64_t> latency_ns) {
  LatencySummary summary;
  if (latency_ns.empty())
    return summary;
  std::sort(latency_ns.begin(), latency_ns.end());
  const auto to_ms = [](double ns) { return ns / 1e6; };
  const auto rank = [&](double p) {
    return to_ms(static_cast<double>(percentile_ns(latency_ns, p)));
  };
  const auto sum = std::accumulate(latency_ns.begin(), latency_ns.end(), std::int64_t{0});
  summary.count = static_cast<std::int64_t>(latency_ns.size());
  summary.mean_ms = to_ms(static_cast<double>(sum) / static_cast<double>(latency_ns.size()));
  summary.min_ms = to_ms(static_cast<double>(latency_ns.front()));
  summary.max_ms = to_ms(static_cast<double>(latency_ns.back()));
  summary.p50_ms = rank(0.5);
  summary.p90_ms = rank(0.9);
  summary.p99_ms = rank(0.99);
  summary.p10_ms = rank(0.1);
  summary.p25_ms = rank(0.25);
  summary.p75_ms = rank(0.75);
  constexpr std::array k_shares{0.5, 0.9, 0.99};
  for (std::size_t i = 0; i < k_shares.size(); ++i)
    if (const auto range = percentile_range_ns(latency_ns, k_shares[i]))
      summary.range_ms[i] = std::pair(to_ms(static_cast<double>(range->first)),
                                      to_ms(static_cast<double>(range->second)));
  return summary;
}

} // namespace mlopsctl::bench
