// SPDX-License-Identifier: Apache-2.0
#include "bench/comparison.hpp"
#include "bench/latency.hpp"
#include "bench/paired.hpp"
#include "bench/row_comparison.hpp"
#include "core/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace mlopsctl::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Finding judged(const std::string& name, double low, double high, double allowance) {
  ComparedNumber number;
  number.name = name;
  number.a = 0.5;
  number.b = 0.5;
  number.difference = Range{low, high};
  number.allowance = allowance;
  judge(number);
  return number.finding;
}

TEST(Comparison, ARegressionOnlyIfTheWholeIntervalLiesBeyondTheAllowance) {
  EXPECT_EQ(judged("map_50", -0.05, -0.02, 0.01), Finding::regression);
  EXPECT_EQ(judged("map_50", -0.05, -0.01, 0.01), Finding::undecided) << "-0.01 is allowed";
  EXPECT_EQ(judged("map_50", -0.05, 0.03, 0.01), Finding::undecided);
  EXPECT_EQ(judged("map_50", -0.01, 0.03, 0.01), Finding::no_worse);
  EXPECT_EQ(judged("map_50", 0.02, 0.03, 0), Finding::no_worse);
  EXPECT_EQ(judged("p50_ms", 2, 3, 1), Finding::regression) << "less of it is better";
  EXPECT_EQ(judged("p50_ms", -3, 1, 1), Finding::no_worse);
  EXPECT_EQ(judged("p50_ms", -3, 1.1, 1), Finding::undecided);
  EXPECT_EQ(judged("expected_calibration_error", 0.02, 0.03, 0.01), Finding::regression);
  EXPECT_EQ(judged("windows", 2, 3, 1), Finding::undecided);
}

TEST(Comparison, AllowancesAreByNameOrForAllOrTheUsualOnes) {
  Comparison comparison;
  for (const char* name : {"map_50", "p50_ms", "recall"}) {
    auto& number = comparison.numbers.emplace_back();
    number.name = name;
    number.a = 40;
    number.b = 40;
    number.difference = Range{0, 0};
  }
  const auto allowance = [&](std::size_t i) { return comparison.numbers[i].allowance; };
  judge(comparison, {"p50_ms"}, {});
  EXPECT_EQ(allowance(0), 0.01);
  EXPECT_EQ(allowance(1), 4) << "10 % of A";
  EXPECT_FALSE(comparison.numbers[0].is_judged);
  EXPECT_TRUE(comparison.numbers[1].is_judged);
  EXPECT_EQ(comparison.finding(), Finding::no_worse);
  judge(comparison, {}, {{"", {0.5, false}}, {"p50_ms", {0.2, true}}});
  EXPECT_EQ(allowance(0), 0.5);
  EXPECT_EQ(allowance(1), 8);
  EXPECT_EQ(allowance(2), 0.5);
}

TEST(Comparison, WithoutAnIntervalThereIsNoVerdict) {
  ComparedNumber number;
  number.name = "map_50";
  number.a = 0.9;
  number.b = 0.1;
  judge(number);
  EXPECT_EQ(number.finding, Finding::undecided);
  EXPECT_EQ(number.reason, "no interval is known");
  number.b = std::nullopt;
  number.difference = Range{0, 0};
  judge(number);
  EXPECT_EQ(number.finding, Finding::undecided);
}

TEST(Comparison, OneRegressionIsEnoughAndOnlyWhatIsJudgedCounts) {
  Comparison comparison;
  const auto add = [&](Finding finding, bool is_judged) {
    ComparedNumber number;
    number.finding = finding;
    number.is_judged = is_judged;
    comparison.numbers.push_back(number);
  };
  add(Finding::no_worse, true);
  add(Finding::regression, false);
  EXPECT_EQ(comparison.finding(), Finding::no_worse);
  add(Finding::undecided, true);
  EXPECT_EQ(comparison.finding(), Finding::undecided);
  add(Finding::regression, true);
  EXPECT_EQ(comparison.finding(), Finding::regression);
}

TEST(Comparison, RangesOfIndependentValuesAddAsSquares) {
  // b - a = 10; below: sqrt((20-16)^2 + (13-10)^2) = 5; above: sqrt((28-20)^2 + (10-4)^2) = 10.
  const Range range = difference_of(10, {4, 13}, 20, {16, 28});
  EXPECT_DOUBLE_EQ(range.low, 5);
  EXPECT_DOUBLE_EQ(range.high, 20);
}

TEST(Comparison, Allowances) {
  EXPECT_EQ(parse_allowance("0.02")->value, 0.02);
  EXPECT_TRUE(parse_allowance("5%")->is_share);
  EXPECT_EQ(parse_allowance("5%")->value, 0.05);
  for (const char* text : {"", "%", "-1", "x", "nan", "1 %"})
    EXPECT_FALSE(parse_allowance(text)) << text;
}

TEST(Latency, TheRangeOfAPercentileIsMadeOfRanks) {
  std::vector<std::int64_t> times(100);
  std::iota(times.begin(), times.end(), 1); // the value is the rank
  // n = 100, p = 0.5: s = 5, 50 -+ 9.8 = 40.2, 59.8: ranks 40 and 61.
  EXPECT_EQ(percentile_range_ns(times, 0.5), std::pair(std::int64_t{40}, std::int64_t{61}));
  // p = 0.9: s = 3, 90 -+ 5.88 = 84.12, 95.88: ranks 84 and 97.
  EXPECT_EQ(percentile_range_ns(times, 0.9), std::pair(std::int64_t{84}, std::int64_t{97}));
  EXPECT_EQ(percentile_range_ns(times, 0.99), std::nullopt) << "99 + 1.95 is past the end";
  times.resize(7);
  EXPECT_EQ(percentile_range_ns(times, 0.5), std::nullopt);
  times.push_back(8); // 4 -+ 2.77: ranks 1 and 8
  EXPECT_EQ(percentile_range_ns(times, 0.5), std::pair(std::int64_t{1}, std::int64_t{8}));
}

storage::BenchmarkRow row(const std::string& model, double map, double p50) {
  storage::BenchmarkRow row;
  row.model_digest = model;
  row.dataset_digest = "sha256:d";
  row.dataset_images = 100;
  row.scenario = "single_stream";
  row.protocol = "coco";
  row.cpu = "cpu";
  row.cores = 2;
  row.numbers = {{"map_50", map},
                 {"map_50_low", map - 0.03},
                 {"map_50_high", map + 0.04},
                 {"p50_ms", p50},
                 {"p50_low_ms", p50 - 1},
                 {"p50_high_ms", p50 + 1},
                 {"spread_percent", 5.0},
                 {"windows", 3.0}};
  storage::seal(row);
  return row;
}

const ComparedNumber& find(const Comparison& comparison, const std::string& name) {
  for (const auto& number : comparison.numbers)
    if (number.name == name)
      return number;
  throw Error(Fault::internal, name);
}

TEST(RowComparison, RangesComeFromTheRowAndFromTheSpread) {
  const auto a = row("m1", 0.9, 40);
  EXPECT_DOUBLE_EQ(range_of(a, "map_50")->low, 0.87);
  EXPECT_DOUBLE_EQ(range_of(a, "p50_ms")->low, 38) << "5 % of 40 is more than 1";
  EXPECT_DOUBLE_EQ(range_of(row("m1", 0.9, 10), "p50_ms")->high, 11) << "1 is more than 5 % of 10";
  EXPECT_FALSE(range_of(a, "windows"));
  EXPECT_FALSE(range_of(a, "map_75"));
}

TEST(RowComparison, PutsRangesTogether) {
  const auto comparison = compare_rows(row("m1", 0.9, 40), row("m2", 0.8, 40), false, 10);
  const auto& map = find(comparison, "map_50");
  EXPECT_NEAR(map.difference->low, -0.1 - 0.05, 1e-12) << "sqrt(0.03^2 + 0.04^2)";
  EXPECT_NEAR(map.difference->high, -0.1 + 0.05, 1e-12);
  EXPECT_NEAR(find(comparison, "p50_ms").difference->high, std::sqrt(8), 1e-12);
  EXPECT_EQ(comparison.numbers.size(), 2U) << "intervals and windows are no numbers to compare";
}

TEST(RowComparison, TheSameModelOnTheSameDataIsNoWorse) {
  const auto comparison = compare_rows(row("m1", 0.9, 40), row("m1", 0.9, 41), false, 10);
  EXPECT_EQ(find(comparison, "map_50").difference->low, 0);
  EXPECT_LT(find(comparison, "p50_ms").difference->low, 0) << "times differ from run to run";
}

TEST(RowComparison, AnUnstableTimeHasNoRange) {
  const auto comparison = compare_rows(row("m1", 0.9, 40), row("m2", 0.9, 80), false, 4.9);
  EXPECT_FALSE(find(comparison, "p50_ms").difference);
  EXPECT_THAT(find(comparison, "p50_ms").reason, HasSubstr("unstable: times moved by 5 %"));
  EXPECT_TRUE(find(comparison, "map_50").difference);
}

TEST(RowComparison, NamesWhatStandsInTheWay) {
  const auto a = row("m1", 0.9, 40);
  auto b = a;
  EXPECT_EQ(obstacle(a, b, "p50_ms", false), "");
  b.cores = 8;
  EXPECT_EQ(obstacle(a, b, "p50_ms", false), "the machines are not alike: 2 and 8 cores");
  EXPECT_EQ(obstacle(a, b, "p50_ms", true), "");
  EXPECT_EQ(obstacle(a, b, "map_50", false), "");
  EXPECT_EQ(compare_rows(a, b, false, 10).numbers.size(), 1U);
  b.scenario = "offline";
  EXPECT_THAT(obstacle(a, b, "images_per_s", true), HasSubstr("'single_stream' and 'offline'"));
  b.protocol = "voc";
  EXPECT_THAT(obstacle(a, b, "map_50", true), HasSubstr("'coco' and 'voc'"));
  b.dataset_digest = "sha256:e";
  EXPECT_THAT(obstacle(a, b, "map_50", true), HasSubstr("data sets are not the same"));
}

TEST(RowComparison, SortsTheBestFirst) {
  std::vector<storage::BenchmarkRow> rows{row("a", 0.5, 30), row("b", 0.9, 20), row("c", 0.9, 40)};
  rows.push_back({});
  const auto order = [&](const std::string& name) {
    sort_best_first(rows, name);
    std::string out;
    for (const auto& entry : rows)
      out += entry.model_digest.empty() ? "-" : entry.model_digest;
    return out;
  };
  EXPECT_EQ(order("map_50"), "bca-");
  EXPECT_EQ(order("p50_ms"), "bac-");
}

TEST(RowComparison, JudgesTheUsualNumbers) {
  auto a = row("m1", 0.9, 40);
  EXPECT_THAT(default_names(a, a), ElementsAre("map_50", "p50_ms"));
  a.numbers = {{"accuracy", 1.0}, {"p50_ms", std::nullopt}, {"images_per_s", 3.0}};
  EXPECT_THAT(default_names(a, a), ElementsAre("accuracy", "images_per_s"));
  a.numbers = {{"map_30", 1.0}, {"map_30_low", 1.0}};
  EXPECT_THAT(default_names(a, a), ElementsAre("map_30"));
}

/// Pictures with one object each, which a side finds or not.
struct Set {
  Truth truth;
  Predictions a, b;
  explicit Set(const std::vector<std::pair<bool, bool>>& found) {
    truth.classes.add("x");
    a.has_image.assign(found.size(), true);
    b.has_image = a.has_image;
    for (std::size_t i = 0; i < found.size(); ++i) {
      truth.images.emplace_back();
      TruthBox box;
      box.image = static_cast<std::int32_t>(i);
      box.box = {0, 0, 100, 100};
      box.area_px = 10000;
      truth.boxes.push_back(box);
      ScoredBox hit;
      hit.image = box.image;
      hit.box = box.box;
      hit.score = 0.9;
      if (found[i].first)
        a.detections.push_back(hit);
      if (found[i].second)
        b.detections.push_back(hit);
    }
  }
};

ScoreOptions voc_options() {
  ScoreOptions options;
  options.protocol = Protocol::voc;
  options.bootstrap_samples = 2000;
  return options;
}

TEST(PairedComparison, TheSameAnswersDifferByNothing) {
  const Set set({{true, true}, {false, false}, {true, true}, {false, false}});
  const auto comparison = compare_predictions(set.truth, set.a, set.b, voc_options());
  const auto& number = comparison.numbers.front();
  EXPECT_EQ(number.name, "map_50");
  EXPECT_EQ(number.a, 0.5) << "two of four found, no wrong one: precision 1 up to recall 0.5";
  EXPECT_EQ(number.difference->low, 0) << "what is hard for both is no noise";
  EXPECT_EQ(number.difference->high, 0);
}

TEST(PairedComparison, TheIntervalIsThatOfTheBinomial) {
  // B finds all 100 and A lacks 20 of them: a sample of 100 pictures has 20 -+ 1.96 * 4 of those.
  std::vector<std::pair<bool, bool>> found(100, {true, true});
  for (std::size_t i = 0; i < 20; ++i)
    found[i * 5].first = false;
  const Set set(found);
  const auto comparison = compare_predictions(set.truth, set.a, set.b, voc_options());
  const auto& number = comparison.numbers.front();
  EXPECT_NEAR(*number.a, 0.8, 1e-12);
  EXPECT_NEAR(*number.b, 1.0, 1e-12);
  EXPECT_NEAR(number.difference->low, 0.12, 0.011);
  EXPECT_NEAR(number.difference->high, 0.28, 0.011);
  auto options = voc_options();
  options.jobs = 3;
  const auto again = compare_predictions(set.truth, set.a, set.b, options).numbers.front();
  EXPECT_EQ(again.difference->low, number.difference->low);
  options.seed = 2;
  EXPECT_EQ(compare_predictions(set.truth, set.a, set.b, options).seed, 2U);
}

TEST(PairedComparison, OnlyImagesThatBothHaveCount) {
  Set set({{true, true}, {true, false}, {false, true}});
  set.b.has_image[1] = false; // else B would lack an object that it was never asked for
  const auto comparison = compare_predictions(set.truth, set.a, set.b, voc_options());
  EXPECT_EQ(comparison.images, 2);
  EXPECT_EQ(comparison.numbers.front().a, 0.5);
  EXPECT_EQ(comparison.numbers.front().b, 1);
  set.a.has_image.assign(3, false);
  EXPECT_THROW(compare_predictions(set.truth, set.a, set.b, voc_options()), Error);
}

TEST(PairedComparison, TheWholeSetGivesTheScoresOfBothProtocols) {
  const Set set({{true, true}, {true, false}, {false, true}, {true, true}});
  for (const auto protocol : {Protocol::coco, Protocol::voc, Protocol::voc11}) {
    auto options = voc_options();
    options.protocol = protocol;
    options.bootstrap_samples = 100;
    const auto comparison = compare_predictions(set.truth, set.a, set.b, options);
    options.bootstrap_samples = 0;
    const auto whole = score(set.truth, set.a, options);
    for (const auto& number : comparison.numbers)
      for (const auto& [name, value] : whole.metrics)
        if (name == number.name) {
          EXPECT_NEAR(*number.a, *value, 1e-12) << name;
        }
  }
}

TEST(PairedComparison, Accuracy) {
  Set set({{true, true}, {true, true}, {true, true}, {true, true}});
  set.truth.kind = TruthKind::classification;
  set.truth.labels = {0, 0, 0, 0};
  set.a.guesses = {{0}, {0}, {0}, {0}};
  set.b.guesses = {{0}, {0}, {}, {-1, 0}};
  const auto number = compare_predictions(set.truth, set.a, set.b, voc_options()).numbers.front();
  EXPECT_EQ(number.name, "accuracy");
  EXPECT_EQ(number.a, 1);
  EXPECT_EQ(number.b, 0.5);
  EXPECT_EQ(number.difference->low, -1) << "1 of 16 samples has wrong pictures only";
  EXPECT_EQ(number.difference->high, 0);
}

} // namespace
} // namespace mlopsctl::bench
