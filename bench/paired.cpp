// SPDX-License-Identifier: Apache-2.0
#include "bench/paired.hpp"

#include "core/error.hpp"

#include <cstddef>

namespace mlopsctl::bench {
namespace {

/// Positions of the images that both have.
std::vector<std::size_t> common_images(const Predictions& a, const Predictions& b) {
  std::vector<std::size_t> common;
  for (std::size_t i = 0; i < a.has_image.size(); ++i)
    if (a.has_image[i] && b.has_image[i])
      common.push_back(i);
  return common;
}

/// Weights of the common images, as weights of all.
std::vector<std::int32_t> spread_out(const std::vector<std::int32_t>& weights,
                                     const std::vector<std::size_t>& common, std::size_t images) {
  std::vector<std::int32_t> all(images, 0);
  for (std::size_t i = 0; i < common.size(); ++i)
    all[common[i]] = weights[i];
  return all;
}

Metric minus(const Metric& b, const Metric& a) {
  return a && b ? Metric(*b - *a) : std::nullopt;
}

} // namespace

Comparison compare_predictions(const Truth& truth, const Predictions& a, const Predictions& b,
                               const ScoreOptions& wanted) {
  ScoreOptions options = wanted;
  if (truth.kind == TruthKind::classification)
    options.protocol = Protocol::accuracy;
  const auto common = common_images(a, b);
  if (common.empty())
    throw Error(Fault::input, "the two have no image in common",
                "both must be predictions for images of --truth");
  const auto values_a = headline_statistics(truth, a, options);
  const auto values_b = headline_statistics(truth, b, options);
  const auto images = truth.images.size();
  const auto differences = [&](const std::vector<std::int32_t>& weights) {
    const auto all = spread_out(weights, common, images);
    const auto of_a = values_a(all);
    const auto of_b = values_b(all);
    std::vector<Metric> out;
    for (std::size_t i = 0; i < of_a.size(); ++i)
      out.push_back(minus(of_b[i], of_a[i]));
    return out;
  };
  const auto count = static_cast<std::int32_t>(common.size());
  const auto intervals = bootstrap_intervals(count, options.bootstrap_samples, options.seed,
                                             options.jobs, differences);
  const auto once = spread_out(std::vector<std::int32_t>(common.size(), 1), common, images);
  const auto whole_a = values_a(once);
  const auto whole_b = values_b(once);
  Comparison comparison;
  comparison.basis = "paired images";
  comparison.images = count;
  comparison.samples = options.bootstrap_samples;
  comparison.seed = options.seed;
  const auto names = headline_names(options);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ComparedNumber number;
    number.name = names[i];
    number.a = whole_a[i];
    number.b = whole_b[i];
    if (intervals[i].low && intervals[i].high)
      number.difference = Range{*intervals[i].low, *intervals[i].high};
    comparison.numbers.push_back(std::move(number));
  }
  return comparison;
}

} // namespace mlopsctl::bench
