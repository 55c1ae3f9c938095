// SPDX-License-Identifier: Apache-2.0
#include "dataset/other_places.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mlopsctl::dataset {
namespace {

constexpr std::string_view k_metadata = "-metadata";
constexpr std::array<std::string_view, 8> k_places{
    "area", "keypoints", "num_keypoints", "points", "polygon", "rle", "rotation", "segmentation"};

/// An array of numbers, of arrays or of objects; lists of words and of claims hold no place.
bool is_list_of_numbers(std::string_view json) {
  constexpr std::string_view k_space = " \t\r\n";
  const auto first = json.find_first_not_of(k_space);
  if (first == std::string_view::npos || json[first] != '[')
    return false;
  const auto inner = json.find_first_not_of(k_space, first + 1);
  return inner != std::string_view::npos &&
         std::string_view("[{-0123456789").find(json[inner]) != std::string_view::npos;
}

bool holds_place(const Fields::value_type& member) {
  return std::find(k_places.begin(), k_places.end(), member.first) != k_places.end() ||
         is_list_of_numbers(member.second);
}

/// By the type that the metadata of a label gives; where it is written in another way the label is
/// taken for one with places.
bool knows_no_place(const std::string& metadata) {
  return metadata.find("\"groundtruth/image-classification") != std::string::npos ||
         metadata.find("\"groundtruth/text-classification") != std::string::npos ||
         metadata.find("\"groundtruth/label-verification") != std::string::npos;
}

std::vector<std::string> other_labels(const Fields& line, OtherLabels labels) {
  std::vector<std::string> out;
  for (const auto& [name, json] : line) {
    if (name.size() <= k_metadata.size() || !name.ends_with(k_metadata))
      continue;
    if (labels == OtherLabels::drop_all || !knows_no_place(json))
      out.push_back(name.substr(0, name.size() - k_metadata.size()));
  }
  return out;
}

} // namespace

std::int64_t drop_other_places(Sample& sample, OtherLabels labels) {
  std::int64_t dropped = 0;
  for (auto& annotation : sample.annotations)
    dropped += static_cast<std::int64_t>(std::erase_if(annotation.extra, holds_place));
  for (const auto& label : other_labels(sample.extra, labels)) {
    const auto gone = std::erase_if(sample.extra, [&](const auto& member) {
      return member.first == label || member.first == label + std::string(k_metadata);
    });
    dropped += gone > 0 ? 1 : 0;
  }
  return dropped;
}

} // namespace mlopsctl::dataset
