// SPDX-License-Identifier: Apache-2.0
#include "report/bench_page.hpp"
#include "report/chart.hpp"
#include "report/comparison.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::report {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pointwise;

void expect_ticks(double low, double high, const std::vector<double>& ticks) {
  EXPECT_THAT(axis_ticks(low, high, 5), Pointwise(DoubleNear(1e-9), ticks));
}

TEST(Chart, TicksAreRound) {
  expect_ticks(0, 1, {0, 0.2, 0.4, 0.6, 0.8, 1});
  expect_ticks(0, 84, {0, 20, 40, 60, 80, 100});
  expect_ticks(0.91, 0.98, {0.90, 0.92, 0.94, 0.96, 0.98});
  expect_ticks(0, 0.0007, {0, 0.0002, 0.0004, 0.0006, 0.0008});
  expect_ticks(-3, 3, {-4, -2, 0, 2, 4});
}

TEST(Chart, PutsPointsWhereTheyBelong) {
  Chart chart;
  chart.title = "map_50 <b>";
  chart.is_share = true;
  chart.series = {{"a & b", {{0, 0.5, std::nullopt, "first"}, {1, 1, bench::Range{0.9, 1}, "x"}}}};
  const auto html = chart_html(chart);
  // Ticks 0.5 ... 1 from y = 210 up to y = 10; x from 60 to 618; 0.9 is at 210 - 0.8 * 200 = 50.
  EXPECT_THAT(html, HasSubstr("d=\"M60.0 210.0L618.0 10.0\""));
  EXPECT_THAT(html, HasSubstr("x1=\"618.0\" x2=\"618.0\" y1=\"50.0\" y2=\"10.0\""));
  EXPECT_THAT(html, HasSubstr("map_50 &lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("a &amp; b"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(Chart, NothingMoreThanCanBeToldApart) {
  Chart chart;
  EXPECT_EQ(chart_html(chart), "");
  for (int i = 0; i < 8; ++i)
    chart.series.push_back({"s" + std::to_string(i), {{0, 1.0 * i, std::nullopt, ""}}});
  const auto html = chart_html(chart);
  EXPECT_THAT(html, HasSubstr("and 2 older ones, not drawn"));
  EXPECT_THAT(html, Not(HasSubstr("class=\"s6\"")));
  EXPECT_THAT(html, Not(HasSubstr("nan"))) << "one x only";
}

storage::BenchmarkRow row(const std::string& model, double map, const std::string& day) {
  storage::BenchmarkRow row;
  row.model_name = model;
  row.time = "2026-11-" + day + "T10:11:12.000Z";
  row.tag = "<tag>";
  row.dataset_images = 100;
  row.protocol = "coco";
  row.numbers = {{"map_50", map}, {"map_50_low", map - 0.1}, {"map_50_high", map}};
  return row;
}

TEST(BenchPage, ALineForEachModelAndEveryRowInTheTable) {
  const auto html =
      bench_page("t", {row("m", 0.5, "01"), row("other", 0.7, "02"), row("m", 0.6, "03")}, {});
  EXPECT_THAT(html, HasSubstr("m, 100 images, coco"));
  EXPECT_THAT(html, HasSubstr("other, 100 images, coco"));
  EXPECT_THAT(html, HasSubstr("0.6000 (0.5000 to 0.6000)"));
  EXPECT_THAT(html, HasSubstr("&lt;tag&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<tag>")));
  EXPECT_THAT(html, Not(HasSubstr("Latency of"))) << "no row has times";
  EXPECT_EQ(
      html,
      bench_page("t", {row("m", 0.5, "01"), row("other", 0.7, "02"), row("m", 0.6, "03")}, {}));
}

TEST(Comparison, MarkdownAndJunitEscapeWhatComesFromOutside) {
  bench::Comparison comparison;
  comparison.a = "a|b <i>";
  comparison.b = "\"x\" & y\x01";
  bench::ComparedNumber number;
  number.name = "map_50";
  number.a = 0.5;
  number.b = 0.25;
  number.difference = bench::Range{-0.3, -0.2};
  number.allowance = 0.01;
  number.is_judged = true;
  bench::judge(number);
  comparison.numbers = {number};
  const auto markdown = comparison_markdown(comparison);
  EXPECT_THAT(markdown, HasSubstr("- A: a\\|b \\<i\\>\n"));
  EXPECT_THAT(markdown, HasSubstr("| `map_50` | 0.5000 | 0.2500 | -0.2500 | -0.3000 ... -0.2000 | "
                                  "0.0100 | **REGRESSION** |\n"));
  const auto junit = comparison_junit(comparison);
  EXPECT_THAT(junit, HasSubstr("value=\"&quot;x&quot; &amp; y\\x01\""));
  EXPECT_THAT(junit, HasSubstr("<failure type=\"regression\" message=\"regression\">map_50: 0.5000 "
                               "-&gt; 0.2500, difference -0.2500 (-0.3000 ... -0.2000), allowed to "
                               "be worse by 0.0100</failure>"));
}

TEST(Comparison, NumbersHaveTheirUnits) {
  EXPECT_EQ(shown_number("p50_ms", 84.14), "84.1 ms");
  EXPECT_EQ(shown_number("p50_ms", 0.0154), "0.015 ms");
  EXPECT_EQ(shown_number("peak_memory_bytes", 1.5 * 1048576), "1.5 MiB");
  EXPECT_EQ(shown_number("map_50", std::nullopt), "-");
  EXPECT_EQ(shown_difference("map_50", -0.00001), "0.0000") << "no sign before nothing";
  EXPECT_EQ(shown_difference("p50_ms", 12.34), "+12.3 ms");
}

} // namespace
} // namespace mlopsctl::report
