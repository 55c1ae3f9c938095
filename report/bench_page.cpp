// SPDX-License-Identifier: Apache-2.0
#include "report/bench_page.hpp"

#include "bench/benchmark.hpp"
#include "core/text.hpp"
#include "report/chart.hpp"
#include "report/comparison.hpp"
#include "report/html.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::report {

std::string_view embedded_asset(std::string_view name); // made at build time from this folder

namespace {

using storage::BenchmarkRow;
using Rows = std::vector<BenchmarkRow>;

bench::Metric value_of(const BenchmarkRow& row, const std::string& name) {
  const auto number = storage::find_number(row, name);
  return number ? number->second : std::nullopt;
}

bool any_has(const Rows& rows, const std::string& name) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const auto& row) { return value_of(row, name).has_value(); });
}

std::string model_of(const BenchmarkRow& row) {
  return row.model_name + (row.model_version.empty() ? "" : " " + row.model_version);
}

std::string minutes(const BenchmarkRow& row) {
  std::string time = row.time.substr(0, 16);
  std::replace(time.begin(), time.end(), 'T', ' ');
  return time;
}

std::string unit_of(const std::string& name) {
  if (name.ends_with("_ms"))
    return "ms";
  if (name == "images_per_s")
    return "images/s";
  return name == "seconds" ? "s" : "";
}

/// What must be equal for two numbers to stand on one line.
std::string line_of(const BenchmarkRow& row, const std::string& name, bool has_machines) {
  std::string out = row.model_name + ", " + std::to_string(row.dataset_images) + " images";
  if (bench::is_timing(name) || name == "peak_memory_bytes") {
    out += ", " + row.scenario + ", " + row.engine + " x" + std::to_string(row.threads);
    if (has_machines)
      out += ", " + row.cpu + " (" + std::to_string(row.cores) + " cores)";
    return out;
  }
  return out + ", " + row.protocol;
}

bool has_several_machines(const Rows& rows) {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    return row.cpu != rows.front().cpu || row.cores != rows.front().cores;
  });
}

/// About four runs with their days.
std::vector<std::pair<double, std::string>> run_labels(const Rows& rows) {
  std::vector<std::pair<double, std::string>> labels;
  constexpr std::size_t k_labels = 3;
  const std::size_t last = rows.size() - 1;
  std::size_t before = rows.size();
  for (std::size_t i = 0; i <= k_labels; ++i) {
    const std::size_t at = last * i / k_labels;
    if (at != before)
      labels.emplace_back(static_cast<double>(at), rows[at].time.substr(0, 10));
    before = at;
  }
  return labels;
}

Chart history(const Rows& rows, const std::string& name) {
  Chart chart;
  chart.title = name;
  chart.unit = unit_of(name);
  chart.x_title = "runs, oldest first";
  chart.x_labels = run_labels(rows);
  chart.is_share = !bench::is_timing(name) && name != "peak_memory_bytes";
  const bool has_machines = has_several_machines(rows);
  std::vector<std::pair<std::string, std::string>> keys; // data digest and line, newest first
  for (std::size_t i = rows.size(); i-- > 0;) {
    const auto value = value_of(rows[i], name);
    if (!value)
      continue;
    chart.is_share = chart.is_share && *value >= 0 && *value <= 1;
    const auto line = line_of(rows[i], name, has_machines);
    const std::pair key{rows[i].dataset_digest, line};
    const auto found = std::find(keys.begin(), keys.end(), key);
    const auto at = static_cast<std::size_t>(found - keys.begin());
    if (found == keys.end()) {
      keys.push_back(key);
      chart.series.push_back({line, {}});
    }
    ChartPoint point;
    point.x = static_cast<double>(i);
    point.y = *value;
    point.range = bench::range_of(rows[i], name);
    point.title = model_of(rows[i]) + ", " + minutes(rows[i]) +
                  (rows[i].tag.empty() ? "" : ", " + rows[i].tag) + ": " +
                  shown_number(name, value);
    if (point.range)
      point.title += " (" + shown_number(name, point.range->low) + " to " +
                     shown_number(name, point.range->high) + ")";
    chart.series[at].points.push_back(std::move(point));
  }
  for (auto& series : chart.series)
    std::reverse(series.points.begin(), series.points.end());
  return chart;
}

/// The share of pictures that took at most so long, of the newest rows.
Chart distribution(const Rows& rows) {
  static constexpr std::pair<const char*, double> k_shares[] = {
      {"min_ms", 0},    {"p10_ms", 0.1}, {"p25_ms", 0.25}, {"p50_ms", 0.5},
      {"p75_ms", 0.75}, {"p90_ms", 0.9}, {"p99_ms", 0.99}, {"max_ms", 1}};
  Chart chart;
  chart.title = "Latency of the newest runs";
  chart.unit = "share of pictures that took at most so long";
  chart.x_title = "ms";
  chart.is_share = true;
  double most = 0;
  for (std::size_t i = rows.size(); i-- > 0 && chart.series.size() < k_most_series;) {
    ChartSeries series;
    const std::string name = model_of(rows[i]) + ", " + minutes(rows[i]) + ", " + rows[i].scenario +
                             (rows[i].tag.empty() ? "" : ", " + rows[i].tag);
    series.name = name;
    for (const auto& [number, share] : k_shares)
      if (const auto value = value_of(rows[i], number)) {
        most = std::max(most, *value);
        series.points.push_back(
            {*value, share, std::nullopt, std::string(number) + " " + shown_number(number, value)});
      }
    if (!series.points.empty())
      chart.series.push_back(std::move(series));
  }
  if (most > 0) {
    const auto ticks = axis_ticks(0, most, 6);
    for (const double tick : ticks)
      chart.x_labels.emplace_back(tick, number(std::round(tick * 1e6) / 1e6));
  }
  return chart;
}

std::string tile(const std::string& name, const std::string& value) {
  return "<div class=\"tile\"><span>" + html_escaped(name) + "</span><b>" + html_escaped(value) +
         "</b></div>\n";
}

std::string newest_run(const BenchmarkRow& row, const std::vector<std::string>& metrics) {
  std::string out = "<section class=\"tiles\">";
  for (const auto& name : metrics)
    if (const auto value = value_of(row, name))
      out += tile(name, shown_number(name, value));
  if (const auto p99 = value_of(row, "p99_ms"))
    out += tile("p99_ms", shown_number("p99_ms", p99));
  return out + "</section>\n<p class=\"soft\">Newest run: " + html_escaped(model_of(row)) + " on " +
         std::to_string(row.dataset_images) + " images, " + std::to_string(row.dataset_objects) +
         " objects; " + html_escaped(row.engine + " " + row.engine_version) + ", " +
         std::to_string(row.threads) + (row.threads == 1 ? " thread" : " threads") + ", " +
         html_escaped(row.scenario) + "; " + html_escaped(row.cpu) + ", " +
         std::to_string(row.cores) + (row.cores == 1 ? " core" : " cores") + "; " +
         html_escaped(minutes(row)) + " UTC</p>\n";
}

std::string rows_html(const Rows& rows, const std::vector<std::string>& metrics) {
  std::string out = "<h2>Rows</h2>\n<div class=\"wide\"><table><thead><tr><th>time (UTC)</th>"
                    "<th>model</th><th>tag</th><th class=\"n\">images</th><th>scenario</th>";
  for (const auto& name : metrics)
    out += "<th class=\"n\">" + html_escaped(name) + "</th>";
  out += "<th>id</th></tr></thead><tbody>\n";
  for (std::size_t i = rows.size(); i-- > 0;) {
    const auto& row = rows[i];
    out += "<tr><td>" + html_escaped(minutes(row)) + "</td><td>" + html_escaped(model_of(row)) +
           "</td><td>" + html_escaped(row.tag) + "</td><td class=\"n\">" +
           std::to_string(row.dataset_images) + "</td><td>" + html_escaped(row.scenario) + "</td>";
    for (const auto& name : metrics)
      out += "<td class=\"n\">" + shown_number(name, value_of(row, name)) + "</td>";
    out += "<td><code>" + html_escaped(row.id.size() > 15 ? row.id.substr(7, 8) : row.id) +
           "</code></td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

} // namespace

std::string bench_page(const std::string& title, const Rows& rows, std::vector<std::string> metrics,
                       const std::string& more) {
  if (metrics.empty())
    for (const char* name : {"map_50_95", "map_50", "accuracy", "p50_ms", "images_per_s"})
      if (any_has(rows, name))
        metrics.emplace_back(name);
  std::string out = page_head(title, embedded_asset("bench.css"), "") + "<header><h1>" +
                    html_escaped(title) + "</h1><p class=\"soft\">" + std::to_string(rows.size()) +
                    (rows.size() == 1 ? " row" : " rows") +
                    " of a benchmark table; bars are 95 % intervals</p></header>\n<main>\n" +
                    newest_run(rows.back(), metrics) + "<div class=\"charts\">\n";
  for (const auto& name : metrics)
    out += chart_html(history(rows, name));
  out += chart_html(distribution(rows));
  return out + "</div>\n" + more + rows_html(rows, metrics) + "</main>\n</body>\n</html>\n";
}

} // namespace mlopsctl::report
