// SPDX-License-Identifier: Apache-2.0
// Which samples belong together: by their clip, a member, their name, or because they look alike.
#pragma once

#include "dataset/sample.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlopsctl::dataset {

/// An order that depends on the seed and the texts and on nothing else.
std::uint64_t shuffled(std::uint64_t seed, std::string_view text);

/// One rule.
class GroupRule {
public:
  /// \param text "source": the clip that capture wrote down; an image without one stands alone.
  /// "time:10s": the clip, cut into pieces of that length. "field:NAME": the value of a member of
  /// the manifest line. "regex:RE": what RE finds in the reference (its first group if it has one).
  /// "near-duplicate": the reference; what looks alike is for Grouping.
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

/// Groups of a whole data set by one rule or several ("source,near-duplicate"): what any of them
/// says belongs together is one group. Four bytes a sample; the references too if rules are
/// combined or pictures compared.
class Grouping {
public:
  /// \throws Error(usage) as GroupRule.
  explicit Grouping(std::string_view text);
  bool needs_pictures() const { return needs_pictures_; }

  void add(const Sample& sample); ///< all of them, in order
  /// Then once. \param clusters near_clusters() of the samples, if needs_pictures().
  void finish(std::span<const std::uint32_t> clusters = {});
  /// After finish(). Does not depend on the order of the samples. \param index of the sample.
  const std::string& name_of(std::size_t index);

private:
  void unite(std::uint32_t a, std::uint32_t b);
  std::uint32_t root(std::uint32_t index);

  std::vector<GroupRule> rules_;
  bool needs_pictures_ = false;
  bool is_combined_ = false;
  std::vector<std::uint32_t> parent_;
  std::vector<std::string> refs_;
  std::unordered_map<std::string, std::uint32_t> first_of_;
  std::unordered_map<std::uint32_t, std::string> names_; ///< by root
};

} // namespace mlopsctl::dataset
