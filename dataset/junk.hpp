// SPDX-License-Identifier: Apache-2.0
// Which pictures of a collection are not worth a label: blurred, or one more of the same.
#pragma once

#include "dataset/near_duplicates.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mlopsctl::dataset {

/// What is known of one picture.
struct LookedAt {
  Fingerprint fingerprint;
  double sharpness = 0;
  std::string group; ///< the clip; empty: none
};

struct Judgement {
  double median = 0;       ///< sharpness of the pictures it was compared with
  bool is_blurred = false; ///< below the given part of that median
  std::uint32_t best = 0; ///< the sharpest of the near-duplicates it is one of, the first of equals
  bool is_repetition = false; ///< there is a better one: best is another picture
};

/// Sharpness has no scale of its own: a picture is compared with those of its clip, one without a
/// clip with all that have none.
/// \param blurred_below part of the median, 0: nothing is blurred.
std::vector<Judgement> judge(std::span<const LookedAt> pictures, double blurred_below,
                             int distance_bits, int jobs);

/// Value at \p part (0..1) of the way through \p values in rising order, nearest rank; 0 if empty.
double quantile(std::vector<double> values, double part);

} // namespace mlopsctl::dataset
