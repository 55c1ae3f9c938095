// SPDX-License-Identifier: Apache-2.0
#include "bench/gate.hpp"
#include "core/error.hpp"

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
  try {
    parse_gate(text, k_known);
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
    return error.what();
  }
  return "";
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
  EXPECT_THAT(refusal("map_50>=baseline.map_50-0.01"), HasSubstr("unknown metric 'baseline.map_50'"));
  EXPECT_THAT(refusal("1>=0.5"), HasSubstr("no metric in it"));
}

} // namespace
} // namespace mlopsctl::bench
