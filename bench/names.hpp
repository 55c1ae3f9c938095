// SPDX-License-Identifier: Apache-2.0
// Look-up by name where a data set has many of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mlopsctl::bench {

/// Names in the order in which they were first seen, found by hash: half a million detections ask.
class NameIndex {
public:
  std::int32_t add(const std::string& name) {
    const auto [entry, is_new] = index_.try_emplace(name, static_cast<std::int32_t>(names_.size()));
    if (is_new)
      names_.push_back(name);
    return entry->second;
  }
  std::optional<std::int32_t> find(const std::string& name) const {
    const auto entry = index_.find(name);
    return entry == index_.end() ? std::nullopt : std::optional(entry->second);
  }
  const std::vector<std::string>& names() const { return names_; }

private:
  std::unordered_map<std::string, std::int32_t> index_;
  std::vector<std::string> names_;
};

/// Last part of a path, s3 key or URL ("s3://b/train/a.jpg" -> "a.jpg").
inline std::string file_name_of(const std::string& ref) {
  const auto slash = ref.find_last_of("/\\");
  return slash == std::string::npos ? ref : ref.substr(slash + 1);
}

/// Without the ending ("a.b.jpg" -> "a.b").
inline std::string stem_of(const std::string& ref) {
  const std::string name = file_name_of(ref);
  const auto dot = name.find_last_of('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

} // namespace mlopsctl::bench
