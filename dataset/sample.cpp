// SPDX-License-Identifier: Apache-2.0
#include "dataset/sample.hpp"

#include <algorithm>

namespace mlopsctl::dataset {

double iou(const Box& a, const Box& b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.left, b.left);
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0)
    return 0;
  const double intersection = width * height;
  return intersection / (a.area() + b.area() - intersection);
}

std::string_view split_name(Split split) {
  switch (split) {
  case Split::none: return "";
  case Split::train: return "train";
  case Split::validation: return "validation";
  case Split::test: return "test";
  }
  return "";
}

std::optional<Split> split_from_name(std::string_view name) {
  if (name == "train")
    return Split::train;
  if (name == "validation" || name == "val" || name == "valid")
    return Split::validation;
  if (name == "test")
    return Split::test;
  return std::nullopt;
}

namespace {

constexpr std::size_t k_scanned_names = 8; // a scan of so few beats a hash

} // namespace

ClassMap::ClassMap(std::vector<std::string> names) : names_(std::move(names)) {
  for (std::size_t i = 0; i < names_.size(); ++i)
    ids_.emplace(names_[i], static_cast<int>(i));
}

int ClassMap::add(std::string_view name) {
  if (const auto id = find(name))
    return *id;
  names_.emplace_back(name);
  const int id = static_cast<int>(names_.size()) - 1;
  ids_.emplace(name, id);
  return id;
}

std::optional<int> ClassMap::find(std::string_view name) const {
  if (names_.size() <= k_scanned_names) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    return found == names_.end() ? std::nullopt
                                 : std::optional(static_cast<int>(found - names_.begin()));
  }
  const auto found = ids_.find(name);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace mlopsctl::dataset
