// SPDX-License-Identifier: Apache-2.0
#include "dataset/nested_sets.hpp"

#include "core/error.hpp"
#include "dataset/groups.hpp"

#include <algorithm>
#include <tuple>

namespace mlopsctl::dataset {

void NestedSets::add(std::size_t index, std::uint64_t order, const std::string& group) {
  const auto [known, is_new] =
      groups_.try_emplace(group, static_cast<std::uint32_t>(groups_.size()));
  if (is_new) // 53 bits: every value is a double
    offsets_.push_back(static_cast<double>(shuffled(seed_, group) >> 11) * 0x1p-53);
  entries_.push_back({index, order, known->second, 0});
}

void NestedSets::choose(const std::string& what) {
  const auto count = static_cast<std::int64_t>(entries_.size());
  for (const auto size : sizes_)
    if (size > count)
      throw Error(Fault::input,
                  "--sizes: " + std::to_string(size) + " is more than the " +
                      std::to_string(count) + " images of " + what,
                  "give smaller --sizes, a larger share in --ratio, or another --sizes-of");
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.group, a.order, a.index) < std::tie(b.group, b.order, b.index);
  });
  // Image k of the n of a group is drawn at (k + offset) / n: evenly along the whole way.
  for (std::size_t from = 0; from < entries_.size();) {
    std::size_t to = from;
    while (to < entries_.size() && entries_[to].group == entries_[from].group)
      ++to;
    for (std::size_t i = from; i < to; ++i)
      entries_[i].place = (static_cast<double>(i - from) + offsets_[entries_[i].group]) /
                          static_cast<double>(to - from);
    from = to;
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.place, a.order, a.index) < std::tie(b.place, b.order, b.index);
  });
  for (std::size_t set = 0, drawn = 0; set < sizes_.size(); ++set)
    for (; drawn < static_cast<std::size_t>(sizes_[set]); ++drawn)
      sets_.emplace(entries_[drawn].index, set);
}

std::size_t NestedSets::first_set_of(std::size_t index) const {
  const auto found = sets_.find(index);
  return found == sets_.end() ? sizes_.size() : found->second;
}

} // namespace mlopsctl::dataset
