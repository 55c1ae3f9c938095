// SPDX-License-Identifier: Apache-2.0
// Line charts as SVG inside a page: no script, colours from the page's style sheet.
#pragma once

#include "bench/comparison.hpp"

#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::report {

struct ChartPoint {
  double x = 0;
  double y = 0;
  std::optional<bench::Range> range; ///< drawn as a bar through the point
  std::string title;                 ///< shown when the pointer rests on it
};

struct ChartSeries {
  std::string name;
  std::vector<ChartPoint> points; ///< by rising x
};

struct Chart {
  std::string title;
  std::string unit;                                     ///< of y, such as "ms"
  std::vector<std::pair<double, std::string>> x_labels; ///< where and what
  std::string x_title;
  std::vector<ChartSeries> series;                 ///< at most k_most_series are drawn
  bool is_share = false;                           ///< y is from 0 to 1
  bool y_from_zero = false;                        ///< of shares: the axis goes from 0 to 1
  bool has_dots = true;                            ///< a dot at every point
  std::string left_out = " older ones, not drawn"; ///< said behind the number of series too many
};
inline constexpr std::size_t k_most_series = 6; ///< more colours cannot be told apart

/// Round numbers from at or below \p low to at or above \p high, about \p count of them; at least
/// two, a step of 1, 2 or 5 times a power of ten apart.
std::vector<double> axis_ticks(double low, double high, int count);

/// A <figure> with the chart and the names of its series; empty if there is no point.
std::string chart_html(const Chart& chart);

} // namespace mlopsctl::report
