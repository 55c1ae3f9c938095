// SPDX-License-Identifier: Apache-2.0
#include "dataset/junk.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <unordered_map>

namespace mlopsctl::dataset {

double quantile(std::vector<double> values, double part) {
  if (values.empty())
    return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  const std::size_t at = rank == 0 ? 0 : rank - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

std::vector<Judgement> judge(std::span<const LookedAt> pictures, double blurred_below,
                             int distance_bits, int jobs) {
  std::unordered_map<std::string, std::vector<double>> by_group;
  std::vector<Fingerprint> fingerprints;
  fingerprints.reserve(pictures.size());
  for (const auto& picture : pictures) {
    by_group[picture.group].push_back(picture.sharpness);
    fingerprints.push_back(picture.fingerprint);
  }
  std::unordered_map<std::string, double> medians;
  for (auto& [group, values] : by_group)
    medians[group] = quantile(std::move(values), 0.5);
  const auto clusters = near_clusters(fingerprints, distance_bits, jobs);
  std::vector<std::uint32_t> best(clusters); // of the cluster that begins here
  for (std::uint32_t i = 0; i < pictures.size(); ++i)
    if (pictures[i].sharpness > pictures[best[clusters[i]]].sharpness)
      best[clusters[i]] = i;
  std::vector<Judgement> judgements;
  judgements.reserve(pictures.size());
  for (std::uint32_t i = 0; i < pictures.size(); ++i) {
    const double median = medians[pictures[i].group];
    const auto chosen = best[clusters[i]];
    judgements.push_back(
        {median, pictures[i].sharpness < blurred_below * median, chosen, chosen != i});
  }
  return judgements;
}

} // namespace mlopsctl::dataset
