// SPDX-License-Identifier: Apache-2.0
// Splitting a data set into train, validation and test without dividing what belongs together.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

using Ratios = std::vector<std::pair<Split, double>>;

/// "train=0.8,validation=0.1,test=0.1". \throws Error(usage) unless the parts are known, > 0, named
/// once and add up to 1.
Ratios parse_ratios(std::string_view text);

struct SplitOptions {
  Ratios ratios;
  bool stratify =
      false; ///< also keep the share of each class as near to the ratios as groups allow
  std::uint64_t seed = 1;
};

/// Decides per group, from counts alone: the order of the samples does not matter, the seed does.
/// Keeps one entry a group in memory.
class SplitPlan {
public:
  explicit SplitPlan(SplitOptions options) : options_(std::move(options)) {}

  /// First pass: every sample. \param kept the split it must stay in (one of the ratios), if any.
  void add(const std::string& group, const Sample& sample, Split kept = Split::none);
  /// Then once. A group with kept images goes where most of those are.
  void assign();
  /// Second pass: for samples that are not kept.
  Split of(const std::string& group) const;

  std::size_t group_count() const { return groups_.size(); }
  /// Images of the largest group, and all images.
  std::pair<std::int64_t, std::int64_t> largest_group() const;

private:
  struct Group {
    std::int64_t images = 0;             ///< that are not kept
    std::vector<std::int64_t> kept;      ///< images by part
    std::map<int, std::int64_t> objects; ///< by class, when stratifying
    Split split = Split::none;
    std::int64_t kept_images() const {
      return std::accumulate(kept.begin(), kept.end(), std::int64_t{0});
    }
  };
  struct Shares;
  Shares shares() const;
  std::optional<std::size_t> part_of(Split split) const; ///< place in the ratios

  SplitOptions options_;
  std::int64_t images_ = 0;
  ClassMap classes_;
  std::map<int, std::vector<std::int64_t>> kept_objects_; ///< class id: by part, when stratifying
  std::unordered_map<std::string, Group> groups_;
};

} // namespace mlopsctl::dataset
