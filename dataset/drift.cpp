// SPDX-License-Identifier: Apache-2.0
#include "dataset/drift.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace mlopsctl::dataset {
namespace {

constexpr double k_added_to_each_class = 0.5;
constexpr double k_critical_5_percent = 1.358;

DistanceTest test(const LogHistogram& before, const LogHistogram& after) {
  const auto n = static_cast<double>(before.count());
  const auto m = static_cast<double>(after.count());
  if (n == 0 || m == 0)
    return {LogHistogram::distance(before, after), 1};
  return {LogHistogram::distance(before, after),
          k_critical_5_percent * std::sqrt((n + m) / (n * m))};
}

std::map<std::string, std::int64_t> counts_of(const Stats& stats) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& entry : stats.classes())
    counts[entry.label] = entry.objects + entry.whole_images;
  return counts;
}

} // namespace

Drift drift_between(const Stats& before, const Stats& after) {
  Drift out;
  auto old_counts = counts_of(before);
  const auto new_counts = counts_of(after);
  for (const auto& [label, count] : new_counts)
    old_counts.emplace(label, 0);
  double all_before = 0;
  double all_after = 0;
  std::vector<std::pair<double, double>> counts;
  for (const auto& [label, count] : old_counts) {
    const auto found = new_counts.find(label);
    counts.emplace_back(static_cast<double>(count),
                        found == new_counts.end() ? 0.0 : static_cast<double>(found->second));
    all_before += counts.back().first;
    all_after += counts.back().second;
    out.shares.push_back({label, 0, 0});
  }
  const double added = k_added_to_each_class * static_cast<double>(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto [b, a] = counts[i];
    out.shares[i].before = all_before > 0 ? b / all_before : 0;
    out.shares[i].after = all_after > 0 ? a / all_after : 0;
    const double p = (b + k_added_to_each_class) / (all_before + added);
    const double q = (a + k_added_to_each_class) / (all_after + added);
    out.class_psi += (q - p) * std::log(q / p);
  }
  std::stable_sort(out.shares.begin(), out.shares.end(), [](const auto& x, const auto& y) {
    return std::abs(x.after - x.before) > std::abs(y.after - y.before);
  });
  out.size = test(before.sides_px, after.sides_px);
  out.aspect = test(before.aspects, after.aspects);
  out.objects = test(before.objects_an_image, after.objects_an_image);
  return out;
}

} // namespace mlopsctl::dataset
