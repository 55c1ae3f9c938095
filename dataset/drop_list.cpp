// SPDX-License-Identifier: Apache-2.0
#include "dataset/drop_list.hpp"

#include "core/text.hpp"

namespace mlopsctl::dataset {

DropList::DropList(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.front() != '#' && index_.emplace(line, entries_.size()).second)
      entries_.emplace_back(line);
  }
  was_used_ = std::make_unique<std::atomic<bool>[]>(entries_.size());
}

bool DropList::holds(std::string_view ref) const {
  if (entries_.empty())
    return false;
  const auto name = ref.substr(ref.rfind('/') + 1); // npos + 1 is 0
  const auto dot = name.rfind('.');
  bool is_held = false;
  for (const auto candidate : {ref, name, name.substr(0, dot == 0 ? name.npos : dot)}) {
    const auto entry = index_.find(std::string(candidate));
    if (entry == index_.end())
      continue;
    was_used_[entry->second].store(true, std::memory_order_relaxed);
    is_held = true;
  }
  return is_held;
}

std::vector<std::string> DropList::unused() const {
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (!was_used_[i])
      unused.push_back(entries_[i]);
  return unused;
}

} // namespace mlopsctl::dataset
