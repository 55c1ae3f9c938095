// SPDX-License-Identifier: Apache-2.0
// Spread: of many frames a given number that are as different as possible.
#pragma once

#include "imaging/glance.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace mlopsctl::capture {

/// Farthest points: begins with the sharpest frame, then always takes the one that is least like
/// all taken so far. Of more than 20,000 frames every second one, every fourth ... is considered,
/// so memory has a bound.
class Spread {
public:
  void add(std::int64_t frame_index, const imaging::Glance& glance);
  /// \return frame indices, all of them if there are no more than \p count.
  std::set<std::int64_t> choose(std::int64_t count) const;

private:
  static constexpr std::size_t k_cells = 16 * 12;
  struct Point {
    std::int64_t frame_index = 0;
    double sharpness = 0;
    std::array<std::int8_t, k_cells> cells{}; ///< contrast taken out: a dark scene is a scene, too
  };
  static std::array<std::int8_t, k_cells> cells_of(const imaging::Glance& glance);
  static std::uint32_t distance(const Point& a, const Point& b);
  void thin();

  std::vector<Point> points_;
  std::int64_t stride_ = 1; ///< of those added, every so many are remembered
  std::int64_t added_ = 0;
};

} // namespace mlopsctl::capture
