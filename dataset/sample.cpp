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

ClassMap::ClassMap(std::vector<std::string> names) : names_(std::move(names)) {}

int ClassMap::add(std::string_view name) {
  if (const auto id = find(name))
    return *id;
  names_.emplace_back(name);
  return static_cast<int>(names_.size()) - 1;
}

std::optional<int> ClassMap::find(std::string_view name) const {
  const auto found =
      std::find(names_.begin(), names_.end(), name); // tens of names: a scan beats a hash
  if (found == names_.end())
    return std::nullopt;
  return static_cast<int>(found - names_.begin());
}

} // namespace mlopsctl::dataset
