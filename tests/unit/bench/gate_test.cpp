// SPDX-License-Identifier: Apache-2.0
#include "bench/gate.hpp"
#include "core/error.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> k_known{"map_50", "map_small", "p50_ms", "p99_ms"};

storage::BenchmarkRow row() {
  storage::BenchmarkRow row;
  row.dataset_images = 2000;
  row.dataset_objects = 5;
  row.numbers = {
      {"map_50", 0.518}, {"map_small", std::nullopt}, {"p50_ms", 31.0}, {"p99_ms", 84.0}};
  return row;
}

Verdict verdict(const std::string& text) {
  return check_gate(parse_gate(text, k_known), row()).verdict;
}

std::string refusal(const std::string& text) {
  return error_of([&] { parse_gate(text, k_known); }, Fault::usage);
}

TEST(Gate, ComparesANumberOfTheRow) {
  EXPECT_EQ(verdict("map_50>=0.518"), Verdict::met);
  EXPECT_EQ(verdict("map_50 > 0.518"), Verdict::not_met);
  EXPECT_EQ(verdict("map_50<1"), Verdict::met);
  EXPECT_EQ(verdict("map_50<=0.5"), Verdict::not_met);
  EXPECT_EQ(verdict("map_50==0.518"), Verdict::met);
  EXPECT_EQ(verdict("map_50!=0.518"), Verdict::not_met);
  EXPECT_EQ(verdict("map_50 - 0.018 == 0.5 and p99_ms < 3 * p50_ms"), Verdict::met);
  EXPECT_EQ(verdict("map_small>=0"), Verdict::undefined) << "undefined is neither met nor missed";
}

TEST(Gate, SaysWhatWasMeasured) {
  EXPECT_EQ(check_gate(parse_gate("p99_ms<=50", k_known), row()).message,
            "gate 'p99_ms<=50' not met: 84.0 ms (n=2000 images, 5 objects, median 31.0 ms)");
}

TEST(Gate, SaysEveryNumberItLookedAt) {
  EXPECT_EQ(check_gate(parse_gate("p99_ms < 2 * p50_ms", k_known), row()).message,
            "gate 'p99_ms < 2 * p50_ms' not met: p99_ms 84.0 ms, p50_ms 31.0 ms (n=2000 images, 5 "
            "objects, median 31.0 ms)");
}

TEST(Gate, RefusesWhatItCannotRead) {
  EXPECT_THAT(refusal("map_5>=0.5"), HasSubstr("unknown metric 'map_5', did you mean 'map_50'?"));
  EXPECT_THAT(refusal("map_50"), HasSubstr("no comparison"));
  EXPECT_THAT(refusal("map_50>=half"), HasSubstr("unknown metric 'half'"));
  EXPECT_THAT(refusal("map_50>=nan"), HasSubstr("unknown metric 'nan'"));
  EXPECT_THAT(refusal("map_50>=baseline.map_5"),
              HasSubstr("unknown metric 'baseline.map_5', did you mean 'map_50'?"));
  EXPECT_THAT(refusal("1>=0.5"), HasSubstr("no metric in it"));
}

Verdict against(double baseline_map, const std::string& text, bool has_ranges) {
  auto now = row();
  storage::BenchmarkRow before = now;
  before.model_digest = "sha256:other";
  before.numbers = {{"map_50", baseline_map}, {"p50_ms", 30.0}};
  if (has_ranges) {
    before.numbers.emplace_back("map_50_low", baseline_map - 0.05);
    before.numbers.emplace_back("map_50_high", baseline_map + 0.05);
  }
  return check_gate(parse_gate(text, k_known), now, &before).verdict;
}

TEST(Gate, ABaselineIsAnOlderRow) {
  const std::string text = "map_50 >= baseline.map_50 - 0.01";
  EXPECT_TRUE(needs_baseline(parse_gate(text, k_known)));
  EXPECT_FALSE(needs_baseline(parse_gate("map_50>0", k_known)));
  EXPECT_EQ(against(0.528, text, false), Verdict::met) << "0.518 >= 0.518";
  EXPECT_EQ(against(0.529, text, false), Verdict::not_met);
  EXPECT_EQ(against(0.529, "p50_ms <= 1.1 * baseline.p50_ms", false), Verdict::met);
  EXPECT_EQ(against(0.529, "map_50 >= baseline.map_small", false), Verdict::undefined);
}

TEST(Gate, NoiseIsNoRegression) {
  const std::string text = "map_50 >= baseline.map_50 - 0.01";
  EXPECT_EQ(against(0.56, text, true), Verdict::undecided) << "0.51 - 0.01 is below 0.518";
  EXPECT_EQ(against(0.58, text, true), Verdict::not_met) << "0.53 - 0.01 is not";
  EXPECT_EQ(against(0.52, text, true), Verdict::met);
}

TEST(Gate, ChoosesTheBaselineOfTheSameData) {
  auto now = row();
  now.dataset_digest = "sha256:d";
  auto other = row();
  other.dataset_digest = "sha256:e";
  auto same = now;
  same.tag = "this one";
  const std::vector<Gate> gates{parse_gate("map_50 >= baseline.map_50", k_known)};
  EXPECT_EQ(choose_baseline({other, same}, now, gates, "x").tag, "this one");
  EXPECT_THAT(error_of([&] { choose_baseline({other}, now, gates, "x"); }),
              HasSubstr("--baseline 'x': the data sets are not the same"));
}

} // namespace
} // namespace mlopsctl::bench
