// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

Metric share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? Metric(static_cast<double>(part) / static_cast<double>(whole)) : std::nullopt;
}

bool is_among_first(const RankedClasses& guess, std::int32_t label, int count) {
  const auto length = std::min(static_cast<std::size_t>(count), guess.size());
  const auto end = guess.begin() + static_cast<std::ptrdiff_t>(length);
  return std::find(guess.begin(), end, label) != end;
}

} // namespace

Metric ClassAccuracy::precision() const {
  return share(right, guessed);
}

Metric ClassAccuracy::recall() const {
  return share(right, pictures);
}

Metric ClassAccuracy::f1() const {
  return share(2 * right, guessed + pictures);
}

AccuracyResult accuracy_metrics(const std::vector<std::int32_t>& truth,
                                const std::vector<RankedClasses>& guesses, std::int32_t class_count,
                                const std::vector<int>& top_k) {
  AccuracyResult result;
  result.per_class.resize(static_cast<std::size_t>(class_count));
  std::int64_t right = 0;
  std::vector<std::int64_t> right_in(top_k.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const auto& guess = guesses[i];
    auto& of_class = result.per_class[static_cast<std::size_t>(truth[i])];
    ++of_class.pictures;
    if (!guess.empty() && guess.front() >= 0)
      ++result.per_class[static_cast<std::size_t>(guess.front())].guessed;
    if (is_among_first(guess, truth[i], 1)) {
      ++of_class.right;
      ++right;
    }
    for (std::size_t k = 0; k < top_k.size(); ++k)
      right_in[k] += is_among_first(guess, truth[i], top_k[k]) ? 1 : 0;
  }
  const auto pictures = static_cast<std::int64_t>(truth.size());
  result.accuracy = share(right, pictures);
  for (const auto count : right_in)
    result.top_k.push_back(share(count, pictures));
  std::vector<Metric> recalls;
  std::vector<Metric> f1;
  for (const auto& of_class : result.per_class) {
    recalls.push_back(of_class.recall());
    f1.push_back(of_class.pictures > 0 ? of_class.f1() : std::nullopt);
  }
  result.accuracy_balanced = mean_of_defined(recalls);
  result.f1_macro = mean_of_defined(f1);
  return result;
}

Calibration calibration(const std::vector<std::int32_t>& truth,
                        const std::vector<RankedClasses>& guesses,
                        const std::vector<Metric>& scores, int bin_count) {
  Calibration result;
  for (int i = 0; i < bin_count; ++i)
    result.bins.push_back(
        {static_cast<double>(i) / bin_count, static_cast<double>(i + 1) / bin_count, 0, 0, 0});
  std::int64_t pictures = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!scores[i] || guesses[i].empty())
      continue;
    const double score = *scores[i];
    if (score < 0 || score > 1) {
      ++result.out_of_range;
      continue;
    }
    const auto is_below = [](const CalibrationBin& bin, double value) { return bin.high < value; };
    auto bin = std::lower_bound(result.bins.begin(), result.bins.end(), score, is_below);
    ++bin->count;
    bin->right += guesses[i].front() == truth[i] ? 1 : 0;
    bin->score_sum += score;
    ++pictures;
  }
  if (pictures == 0 || result.out_of_range > 0)
    return result;
  double sum = 0;
  for (const auto& bin : result.bins)
    sum += std::abs(static_cast<double>(bin.right) - bin.score_sum);
  result.expected_error = sum / static_cast<double>(pictures);
  return result;
}

} // namespace mlopsctl::bench
