// SPDX-License-Identifier: Apache-2.0
#include "bench/cold_start.hpp"
#include "bench/runner.hpp"
#include "core/error.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

namespace mlopsctl::bench {
namespace {

using testing::HasSubstr;

TEST(Windows, ASmallSetIsAWindowAsAWhole) {
  const auto windows = deal_windows(7);
  ASSERT_EQ(windows.size(), 3U);
  for (const auto& window : windows) {
    EXPECT_EQ(window.size(), 21U); // whole rounds, at least 20
    EXPECT_EQ(window[0], 0U);
    EXPECT_EQ(window[7], 0U);
    EXPECT_EQ(window[20], 6U);
  }
}

TEST(Windows, OfALargeSetEachHasAThirdAndTogetherAll) {
  const auto windows = deal_windows(100);
  std::set<std::size_t> all;
  for (const auto& window : windows) {
    EXPECT_GE(window.size(), 33U);
    all.insert(window.begin(), window.end());
  }
  EXPECT_EQ(all.size(), 100U);
  EXPECT_EQ(windows[1][0], 1U);
  EXPECT_EQ(windows[1][1], 4U);
}

TEST(Windows, SpreadLooksAtTheLastThree) {
  EXPECT_TRUE(std::isinf(spread_of_last_three({1, 1})));
  EXPECT_DOUBLE_EQ(spread_of_last_three({1, 1, 1}), 0);
  EXPECT_DOUBLE_EQ(spread_of_last_three({100, 10, 12, 11}), 0.2);
  EXPECT_DOUBLE_EQ(spread_of_last_three({0, 0, 0}), 0);
}

TEST(Arrivals, AreAPoissonProcess) {
  constexpr std::size_t k_count = 100'000;
  constexpr double k_rate = 50;
  const auto arrivals = poisson_arrivals(k_count, k_rate, 7);
  ASSERT_EQ(arrivals.size(), k_count);
  EXPECT_EQ(arrivals.front(), 0);
  double sum = 0;
  double squares = 0;
  std::size_t longer_than_mean = 0;
  for (std::size_t i = 1; i < k_count; ++i) {
    const double gap = arrivals[i] - arrivals[i - 1];
    ASSERT_GE(gap, 0);
    sum += gap;
    squares += gap * gap;
    longer_than_mean += gap > 1 / k_rate ? 1 : 0;
  }
  const double mean = sum / (k_count - 1);
  EXPECT_NEAR(mean, 1 / k_rate, 0.0003);
  EXPECT_NEAR(squares / (k_count - 1), 2 / (k_rate * k_rate), 0.00003); // E[x^2] = 2 / rate^2
  EXPECT_NEAR(double(longer_than_mean) / k_count, std::exp(-1), 0.01);
  EXPECT_EQ(arrivals, poisson_arrivals(k_count, k_rate, 7));
  EXPECT_NE(arrivals, poisson_arrivals(k_count, k_rate, 8));
}

TEST(ColdStart, TakesTheMedianAndSaysWhatFailed) {
  EXPECT_GE(cold_start_ms({"/bin/sleep", "0.02"}, 3), 20);
  const auto fault_of = [](const std::vector<std::string>& command) -> std::string {
    return error_of([&] { cold_start_ms(command, 1); });
  };
  EXPECT_THAT(fault_of({"/nowhere/program"}), HasSubstr("cannot start it"));
  EXPECT_THAT(fault_of({"/bin/sh", "-c", "echo first >&2; echo no model >&2; exit 1"}),
              HasSubstr("the new process failed: no model"));
  EXPECT_THAT(fault_of({"/bin/sh", "-c", "kill -9 $$"}), HasSubstr("failed"));
}

} // namespace
} // namespace mlopsctl::bench
