// SPDX-License-Identifier: Apache-2.0
#include "capture/spread.hpp"

#include "core/interrupt.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mlopsctl::capture {
namespace {

constexpr std::size_t k_most_points = 20'000;
constexpr std::size_t k_columns = 16, k_rows = 12, k_part = 4; ///< 64 x 48 cells, 4 x 4 together

} // namespace

std::array<std::int8_t, Spread::k_cells> Spread::cells_of(const imaging::Glance& glance) {
  static_assert(k_columns * k_part == imaging::k_glance_columns);
  static_assert(k_rows * k_part == imaging::k_glance_rows);
  std::array<int, k_cells> sums{};
  for (std::size_t i = 0; i < glance.cells.size(); ++i) {
    const auto row = i / imaging::k_glance_columns / k_part;
    const auto column = i % imaging::k_glance_columns / k_part;
    sums[row * k_columns + column] += glance.cells[i];
  }
  const double count = static_cast<double>(k_cells);
  const double mean = std::accumulate(sums.begin(), sums.end(), 0) / count;
  double squares = 0;
  for (const int sum : sums)
    squares += (sum - mean) * (sum - mean);
  constexpr double k_step = 32, k_flat = 32; // levels a standard deviation; below 2 levels: noise
  const double scale = k_step / std::max(std::sqrt(squares / count), k_flat);
  std::array<std::int8_t, k_cells> cells{};
  for (std::size_t i = 0; i < k_cells; ++i)
    cells[i] = static_cast<std::int8_t>(
        std::clamp<long>(std::lround((sums[i] - mean) * scale), -127, 127));
  return cells;
}

void Spread::add(std::int64_t frame_index, const imaging::Glance& glance) {
  if (added_++ % stride_ != 0)
    return;
  points_.push_back({frame_index, glance.sharpness.ratio, cells_of(glance)});
  if (points_.size() > k_most_points)
    thin();
}

void Spread::thin() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < points_.size(); i += 2)
    points_[kept++] = points_[i];
  points_.resize(kept);
  stride_ *= 2;
}

/// Squares: one hand that moved counts more than a cloud over everything.
std::uint32_t Spread::distance(const Point& a, const Point& b) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < k_cells; ++i) {
    const int step = a.cells[i] - b.cells[i];
    sum += static_cast<std::uint32_t>(step * step);
  }
  return sum;
}

std::set<std::int64_t> Spread::choose(std::int64_t count) const {
  std::set<std::int64_t> chosen;
  if (static_cast<std::int64_t>(points_.size()) <= count) {
    for (const auto& point : points_)
      chosen.insert(point.frame_index);
    return chosen;
  }
  std::vector<std::uint32_t> nearest(points_.size(), std::numeric_limits<std::uint32_t>::max());
  const auto sharpest =
      std::max_element(points_.begin(), points_.end(),
                       [](const Point& a, const Point& b) { return a.sharpness < b.sharpness; });
  auto next = static_cast<std::size_t>(sharpest - points_.begin());
  while (static_cast<std::int64_t>(chosen.size()) < count) {
    check_interrupt();
    const Point& taken = points_[next];
    chosen.insert(taken.frame_index);
    nearest[next] = 0;
    for (std::size_t i = 0; i < points_.size(); ++i)
      if (nearest[i] > 0)
        nearest[i] = std::min(nearest[i], distance(points_[i], taken));
    next = static_cast<std::size_t>(std::max_element(nearest.begin(), nearest.end()) -
                                    nearest.begin());
    if (nearest[next] == 0) // the rest is the same as what is taken
      break;
  }
  return chosen;
}

} // namespace mlopsctl::capture
