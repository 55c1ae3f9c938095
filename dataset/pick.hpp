// SPDX-License-Identifier: Apache-2.0
// A few samples of many, for people to look at.
#pragma once

#include "dataset/sample.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

enum class PickRule {
  random,   ///< the same for any order of the samples: only seed and references decide
  first,    ///< as they come
  per_class ///< random, as many of each class as fit
};
std::optional<PickRule> pick_rule_from_name(std::string_view name);

/// Keeps at most \p limit samples in memory (per_class: that many of each class).
class Picker {
public:
  Picker(PickRule rule, std::size_t limit, std::uint64_t seed)
      : rule_(rule), limit_(limit), seed_(seed) {}

  /// \param has_problem such samples come first, up to half of the limit.
  void add(const Sample& sample, bool has_problem);
  /// The chosen ones in the order in which they came. The picker is spent.
  std::vector<Sample> take();

private:
  /// By rank: the smallest are kept.
  using Bucket = std::map<std::string, std::pair<std::int64_t, Sample>>;
  void offer(Bucket& bucket, std::size_t limit, const std::string& rank, const Sample& sample);

  PickRule rule_;
  std::size_t limit_;
  std::uint64_t seed_;
  std::int64_t count_ = 0;
  Bucket with_problem_;
  std::map<std::string, Bucket> buckets_; ///< by class; one bucket "" unless per_class
};

} // namespace mlopsctl::dataset
