// SPDX-License-Identifier: Apache-2.0
// Counts what the samples have and the target format cannot hold.
#pragma once

#include "formats/labels/format.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace mlopsctl::formats {

class Losses {
public:
  explicit Losses(const CanHold& holds) : holds_(holds) {}

  void note(const dataset::Sample& sample);
  void note(const std::string& what, std::int64_t count = 1);
  /// One warning for each kind: rule "loss", place the kind, text "12 values".
  const Problems& all() const;

private:
  CanHold holds_;
  std::map<std::string, std::int64_t> counts_;
  mutable Problems listed_;
};

} // namespace mlopsctl::formats
