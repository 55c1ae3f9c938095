// SPDX-License-Identifier: Apache-2.0
// Fixed slices of a data set, for machines that share the work.
#pragma once

#include <string>

namespace mlopsctl::dataset {

/// A slice by reference (of a video, a range of time: see capture::ClipSlice): the slices of 1/N to
/// N/N together are the whole, whatever the order.
struct Shard {
  int index = 1; ///< 1..count
  int count = 1;
  bool has(const std::string& ref) const;
  /// Which slice of \p count \p ref is in: 1..count.
  static int index_of(const std::string& ref, int count);
};

} // namespace mlopsctl::dataset
