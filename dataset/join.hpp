// SPDX-License-Identifier: Apache-2.0
// Joining data sets: what happens to an image that several of them know.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mlopsctl::dataset {

enum class OnConflict { error, first, last, merge };
std::optional<OnConflict> on_conflict_from_name(std::string_view name);

/// Two passes over the same samples: count() all of them, then take() all of them in the same
/// order. Keeps the references in memory, and the samples of conflicting ones until their last
/// occurrence.
class Joiner {
public:
  explicit Joiner(OnConflict policy) : policy_(policy) {}

  void count(const std::string& ref) { ++remaining_[ref]; }
  /// References that occur more than once, sorted.
  std::vector<std::string> conflicts() const;
  /// \return the sample to write now: \p sample itself, or what became of it and its namesakes;
  /// nothing while it waits for more of them, or was left out.
  std::optional<Sample> take(Sample sample);

private:
  OnConflict policy_;
  std::unordered_map<std::string, std::int64_t> remaining_;
  std::unordered_map<std::string, Sample> waiting_;
};

} // namespace mlopsctl::dataset
