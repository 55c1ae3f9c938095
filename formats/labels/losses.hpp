// SPDX-License-Identifier: Apache-2.0
// Counts what the samples have and the target format cannot hold.
#pragma once

#include "formats/labels/format.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace mlopsctl::formats {

class LossCounter {
public:
  explicit LossCounter(const CanHold& holds) : holds_(holds) {}

  /// False for images that the format would show as "looked, nothing there" although nobody said
  /// so: not labelled, or labelled in a way that it does not know. They are left out.
  bool takes(const dataset::Sample& sample) const;
  /// Everything about \p sample that the format cannot hold.
  void note(const dataset::Sample& sample);
  /// One more field that did not come through; the place of the first is kept.
  void note(const dataset::Sample& sample, const std::string& field, std::int64_t count = 1);
  const dataset::Losses& all() const;
  void clear() { losses_.clear(); }

private:
  CanHold holds_;
  std::map<std::string, dataset::Loss, std::less<>> losses_;
  mutable dataset::Losses listed_;
};

} // namespace mlopsctl::formats
