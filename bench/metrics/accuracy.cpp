// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/accuracy.hpp"

#include <algorithm>
#include <cstddef>

namespace mlopsctl::bench {

AccuracyResult accuracy_metrics(const std::vector<std::int32_t>& truth,
                                const std::vector<RankedClasses>& guesses,
                                std::int32_t class_count) {
  AccuracyResult result;
  const auto classes = static_cast<std::size_t>(class_count);
  std::vector<std::int64_t> pictures(classes);
  std::vector<std::int64_t> right(classes);
  std::int64_t right_top_1 = 0;
  std::int64_t right_top_5 = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto& guess = guesses[i];
    const auto label = static_cast<std::size_t>(truth[i]);
    ++pictures[label];
    if (!guess.empty() && guess.front() == truth[i]) {
      ++right[label];
      ++right_top_1;
    }
    const auto end =
        guess.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(5, guess.size()));
    right_top_5 += std::find(guess.begin(), end, truth[i]) != end ? 1 : 0;
  }
  for (std::size_t i = 0; i < classes; ++i)
    result.per_class.push_back(
        pictures[i] > 0 ? Metric(static_cast<double>(right[i]) / static_cast<double>(pictures[i]))
                        : std::nullopt);
  if (!truth.empty()) {
    result.accuracy = static_cast<double>(right_top_1) / static_cast<double>(truth.size());
    result.accuracy_top_5 = static_cast<double>(right_top_5) / static_cast<double>(truth.size());
  }
  result.accuracy_balanced = mean_of_defined(result.per_class);
  return result;
}

} // namespace mlopsctl::bench
