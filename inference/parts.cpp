// SPDX-License-Identifier: Apache-2.0
#include "inference/parts.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mlopsctl::inference {
namespace {

/// Begins and lengths along one side.
std::vector<std::pair<int, int>> cuts(int side_px, int input_px) {
  constexpr int k_times_input = 2, k_most = 4;
  constexpr double k_new =
      0.75; // of each part but the first; the rest it shares with its neighbour
  const double wanted_px = static_cast<double>(k_times_input) * input_px;
  if (side_px <= wanted_px)
    return {{0, side_px}};
  const int count = std::min(
      k_most, 1 + static_cast<int>(std::ceil((side_px - wanted_px) / (wanted_px * k_new))));
  const double length_px = side_px / (1 + (count - 1) * k_new);
  std::vector<std::pair<int, int>> result;
  for (int i = 0; i < count; ++i) {
    const int begin = static_cast<int>(std::floor(i * length_px * k_new));
    const int end = static_cast<int>(std::ceil(i * length_px * k_new + length_px));
    result.emplace_back(begin, std::min(side_px, end) - begin);
  }
  return result;
}

} // namespace

std::vector<Part> parts_to_look_at(int width, int height, int input_width, int input_height) {
  std::vector<Part> parts{{0, 0, width, height}};
  const auto across = cuts(width, input_width), down = cuts(height, input_height);
  if (across.size() * down.size() == 1)
    return parts;
  for (const auto& [top, part_height] : down)
    for (const auto& [left, part_width] : across)
      parts.push_back({left, top, part_width, part_height});
  return parts;
}

} // namespace mlopsctl::inference
