// SPDX-License-Identifier: Apache-2.0
#include "report/chart.hpp"

#include "core/text.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::report {
namespace {

constexpr double k_width = 640;
constexpr double k_height = 250;
constexpr double k_left = 52; ///< for the numbers of the axis
constexpr double k_right = 14;
constexpr double k_top = 10;
constexpr double k_bottom = 40;

struct Axis {
  double low = 0;
  double high = 1;
  double from_px = 0;
  double to_px = 1;
  double place(double value) const {
    return from_px + (value - low) / (high - low) * (to_px - from_px);
  }
};

std::string px(double value) {
  return fixed(value, 1);
}

/// As many decimals as the step between ticks needs.
int decimals_for(double step) {
  int decimals = 0;
  while (decimals < 6 && std::abs(step - std::round(step)) > 1e-6) {
    step *= 10;
    ++decimals;
  }
  return decimals;
}

bench::Range y_range(const Chart& chart) {
  bench::Range range{INFINITY, -INFINITY};
  for (const auto& series : chart.series)
    for (const auto& point : series.points) {
      const auto bar = point.range.value_or(bench::Range{point.y, point.y});
      range.low = std::min({range.low, point.y, bar.low});
      range.high = std::max({range.high, point.y, bar.high});
    }
  if (!chart.is_share) // a time that doubles must look like one that doubles
    range.low = std::min(range.low, 0.0);
  if (range.high - range.low < 1e-9) {
    range.low -= chart.is_share ? 0.05 : 0;
    range.high += chart.is_share ? 0.05 : 1;
  }
  if (chart.y_from_zero)
    return {0, 1};
  if (chart.is_share) {
    range.low = std::max(range.low, 0.0);
    range.high = std::min(range.high, 1.0);
  }
  return range;
}

void append_y_axis(const std::vector<double>& ticks, const Axis& y, std::string& out) {
  const int decimals = decimals_for(ticks[1] - ticks[0]);
  for (const double tick : ticks) {
    const std::string at = px(y.place(tick));
    out += "<line class=\"grid\" x1=\"" + px(k_left) + "\" x2=\"" + px(k_width - k_right) +
           "\" y1=\"" + at + "\" y2=\"" + at + "\"/><text class=\"end\" x=\"" + px(k_left - 7) +
           "\" y=\"" + px(y.place(tick) + 4) + "\">" + fixed(tick, decimals) + "</text>\n";
  }
}

void append_x_axis(const Chart& chart, const Axis& x, std::string& out) {
  const std::string at = px(k_height - k_bottom + 16);
  for (const auto& [value, label] : chart.x_labels) {
    const double where = x.place(value);
    const bool is_short = label.size() < 6; // stands under its place even at the edges
    const char* anchor = is_short               ? "middle"
                         : where > k_width - 60 ? "end"
                         : where < k_left + 30  ? "start"
                                                : "middle";
    out += "<text class=\"" + std::string(anchor) + "\" x=\"" + px(where) + "\" y=\"" + at + "\">" +
           html_escaped(label) + "</text>\n";
  }
  out += "<text class=\"middle\" x=\"" + px((k_left + k_width - k_right) / 2) + "\" y=\"" +
         px(k_height - 6) + "\">" + html_escaped(chart.x_title) + "</text>\n";
}

void append_series(const ChartSeries& series, std::size_t colour, bool has_dots, const Axis& x,
                   const Axis& y, std::string& out) {
  out += "<g class=\"s" + std::to_string(colour) + "\">";
  std::string line;
  for (const auto& point : series.points) {
    line += (line.empty() ? "M" : "L") + px(x.place(point.x)) + " " + px(y.place(point.y));
    if (point.range)
      out += "<line class=\"bar\" x1=\"" + px(x.place(point.x)) + "\" x2=\"" +
             px(x.place(point.x)) + "\" y1=\"" + px(y.place(point.range->low)) + "\" y2=\"" +
             px(y.place(point.range->high)) + "\"/>";
  }
  out += "<path d=\"" + line + "\"/>\n";
  for (std::size_t i = 0; has_dots && i < series.points.size(); ++i) {
    const auto& point = series.points[i];
    out += "<circle cx=\"" + px(x.place(point.x)) + "\" cy=\"" + px(y.place(point.y)) +
           "\" r=\"4\"><title>" + html_escaped(point.title) + "</title></circle>\n";
  }
  out += "</g>\n";
}

void append_names(const Chart& chart, std::string& out) {
  out += "<div class=\"names\">";
  const auto shown = std::min(chart.series.size(), k_most_series);
  for (std::size_t i = 0; i < shown; ++i)
    out += "<span class=\"name s" + std::to_string(i) + "\"><i></i>" +
           html_escaped(chart.series[i].name) + "</span>";
  if (chart.series.size() > shown)
    out += "<span class=\"name\">and " + std::to_string(chart.series.size() - shown) +
           html_escaped(chart.left_out) + "</span>";
  out += "</div>";
}

} // namespace

std::vector<double> axis_ticks(double low, double high, int count) {
  const double raw = (high - low) / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= raw * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  const double first = std::floor(low / step + 1e-9);
  const double last = std::max(std::ceil(high / step - 1e-9), first + 1);
  std::vector<double> ticks;
  for (double i = first; i <= last; ++i)
    ticks.push_back(i * step);
  return ticks;
}

std::string chart_html(const Chart& whole) {
  Chart chart = whole;
  std::erase_if(chart.series, [](const ChartSeries& series) { return series.points.empty(); });
  if (chart.series.empty())
    return "";
  Chart drawn = chart;
  drawn.series.resize(std::min(chart.series.size(), k_most_series));
  const auto range = y_range(drawn);
  const auto ticks = axis_ticks(range.low, range.high, 5);
  const Axis y{ticks.front(), ticks.back(), k_height - k_bottom, k_top};
  Axis x{INFINITY, -INFINITY, k_left + 8, k_width - k_right - 8};
  for (const auto& series : drawn.series) {
    x.low = std::min(x.low, series.points.front().x);
    x.high = std::max(x.high, series.points.back().x);
  }
  for (const auto& [value, label] : drawn.x_labels) {
    x.low = std::min(x.low, value);
    x.high = std::max(x.high, value);
  }
  if (x.high - x.low < 1e-12) {
    x.low -= 1;
    x.high += 1;
  }
  std::string out = "<figure class=\"chart\"><h2>" + html_escaped(chart.title) +
                    (chart.unit.empty() ? "" : " <small>" + html_escaped(chart.unit) + "</small>") +
                    "</h2>\n<svg viewBox=\"0 0 " + fixed(k_width, 0) + " " + fixed(k_height, 0) +
                    "\" role=\"img\" aria-label=\"" + html_escaped(chart.title) + "\">\n";
  append_y_axis(ticks, y, out);
  append_x_axis(drawn, x, out);
  for (std::size_t i = 0; i < drawn.series.size(); ++i)
    append_series(drawn.series[i], i, chart.has_dots, x, y, out);
  out += "</svg>\n";
  append_names(chart, out);
  return out + "</figure>\n";
}

} // namespace mlopsctl::report
