// SPDX-License-Identifier: Apache-2.0
#include "bench/latency.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace mlopsctl::bench {
namespace {

TEST(Latency, PercentilesAreNearestRank) {
  const std::vector<std::int64_t> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(percentile_ns(ten, 0.5), 5);
  EXPECT_EQ(percentile_ns(ten, 0.9), 9);
  EXPECT_EQ(percentile_ns(ten, 0.99), 10);
  EXPECT_EQ(percentile_ns(ten, 0.91), 10);
  EXPECT_EQ(percentile_ns({7}, 0.01), 7);
  std::vector<std::int64_t> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 1);
  EXPECT_EQ(percentile_ns(hundred, 0.07), 7) << "0.07 * 100 is a hair above 7";
  EXPECT_EQ(percentile_ns(hundred, 0.99), 99);
}

TEST(Latency, SummaryOfUnsortedTimes) {
  const auto summary = summarize_latency({30'000'000, 10'000'000, 20'000'000});
  EXPECT_EQ(summary.count, 3);
  EXPECT_DOUBLE_EQ(summary.mean_ms, 20);
  EXPECT_DOUBLE_EQ(summary.min_ms, 10);
  EXPECT_DOUBLE_EQ(summary.max_ms, 30);
  EXPECT_DOUBLE_EQ(summary.p50_ms, 20);
  EXPECT_DOUBLE_EQ(summary.p99_ms, 30);
  EXPECT_EQ(summarize_latency({}).count, 0);
}

} // namespace
} // namespace mlopsctl::bench
