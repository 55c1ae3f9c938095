// SPDX-License-Identifier: Apache-2.0
// Splitting a data set into train, validation and test without dividing what belongs together.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <map>
#include <memory>
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

/// Which samples belong together.
class GroupRule {
public:
  /// \param text "source": the clip that capture wrote down; an image without one stands alone.
  /// "time:10s": the clip, cut into pieces of that length. "field:NAME": the value of a member of
  /// the manifest line. "regex:RE": what RE finds in the reference (its first group if it has one).
  /// \throws Error(usage).
  explicit GroupRule(std::string_view text);
  ~GroupRule();
  GroupRule(GroupRule&&) noexcept;
  GroupRule& operator=(GroupRule&&) noexcept;

  /// \throws Error(input) if a time:, field: or regex: rule finds nothing in \p sample.
  std::string group_of(const Sample& sample) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

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

  void add(const std::string& group, const Sample& sample); ///< first pass: every sample
  void assign();                                            ///< then once
  Split of(const std::string& group) const;                 ///< second pass

  std::size_t group_count() const { return groups_.size(); }
  /// Images of the largest group, and all images.
  std::pair<std::int64_t, std::int64_t> largest_group() const;

private:
  struct Group {
    std::int64_t images = 0;
    std::map<int, std::int64_t> objects; ///< by class, when stratifying
    Split split = Split::none;
  };
  SplitOptions options_;
  ClassMap classes_;
  std::unordered_map<std::string, Group> groups_;
};

} // namespace mlopsctl::dataset
