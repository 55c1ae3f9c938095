// SPDX-License-Identifier: Apache-2.0
#include "dataset/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::dataset {
namespace {

constexpr double k_bins_a_doubling = 16;
constexpr double k_lowest_exponent = -15;

} // namespace

void LogHistogram::add(double value) {
  ++count_;
  if (!(value > 0)) {
    ++zeros_;
    return;
  }
  const double bin = std::floor((std::log2(value) - k_lowest_exponent) * k_bins_a_doubling);
  ++bins_[static_cast<std::size_t>(std::clamp(bin, 0.0, double(k_bins - 1)))];
}

double LogHistogram::quantile(double part) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(part * static_cast<double>(count_)));
  std::int64_t seen = zeros_;
  if (count_ == 0 || (seen >= wanted && zeros_ > 0))
    return 0;
  for (std::size_t i = 0; i < k_bins; ++i) {
    seen += bins_[i];
    if (seen >= wanted && bins_[i] > 0)
      return std::exp2((static_cast<double>(i) + 0.5) / k_bins_a_doubling + k_lowest_exponent);
  }
  return 0;
}

double LogHistogram::distance(const LogHistogram& a, const LogHistogram& b) {
  if (a.count_ == 0 || b.count_ == 0)
    return a.count_ == b.count_ ? 0 : 1;
  const auto share = [](std::int64_t seen, const LogHistogram& of) {
    return static_cast<double>(seen) / static_cast<double>(of.count_);
  };
  std::int64_t in_a = a.zeros_;
  std::int64_t in_b = b.zeros_;
  double largest = std::abs(share(in_a, a) - share(in_b, b));
  for (std::size_t i = 0; i < k_bins; ++i) {
    in_a += a.bins_[i];
    in_b += b.bins_[i];
    largest = std::max(largest, std::abs(share(in_a, a) - share(in_b, b)));
  }
  return largest;
}

} // namespace mlopsctl::dataset
