// SPDX-License-Identifier: Apache-2.0
// Counts of positive numbers in bins that grow with the number: quantiles in constant memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mlopsctl::dataset {

/// 16 bins from one power of two to the next, from 2^-15 to 2^25: a quantile is off by at most 2.2
/// % of itself. What lies outside falls into the first or last bin; 0 and less is counted apart.
class LogHistogram {
public:
  static constexpr std::size_t k_bins = 40 * 16;

  void add(double value);
  std::int64_t count() const { return count_; } ///< of all, also those of 0 and less
  /// \param part 0..1. \return the middle of the bin that holds it; 0 if nothing was added.
  double quantile(double part) const;
  /// Largest distance of the two cumulative shares, 0..1 (Kolmogorov-Smirnov, over the bins).
  static double distance(const LogHistogram& a, const LogHistogram& b);

private:
  std::array<std::int64_t, k_bins> bins_{};
  std::int64_t zeros_ = 0;
  std::int64_t count_ = 0;
};

} // namespace mlopsctl::dataset
