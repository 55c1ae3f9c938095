// SPDX-License-Identifier: Apache-2.0
#include "dataset/drift.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace mlopsctl::dataset {
namespace {

Stats stats(std::vector<std::pair<std::string, Box>> boxes) {
  Stats out;
  for (auto& [label, box] : boxes) {
    Sample sample;
    sample.annotations.emplace_back();
    sample.annotations[0].label = label;
    sample.annotations[0].box = box;
    out.add(sample);
  }
  return out;
}

TEST(LogHistogram, QuantilesAreNearTheTruth) {
  LogHistogram histogram;
  EXPECT_EQ(histogram.quantile(0.5), 0);
  for (int i = 1; i <= 1000; ++i)
    histogram.add(i);
  EXPECT_NEAR(histogram.quantile(0.5), 500, 500 * 0.023);
  EXPECT_NEAR(histogram.quantile(0.9), 900, 900 * 0.023);
  EXPECT_NEAR(histogram.quantile(1), 1000, 1000 * 0.023);
  histogram.add(0);
  histogram.add(1e300);
  histogram.add(-5);
  EXPECT_EQ(histogram.count(), 1003);
  EXPECT_EQ(histogram.quantile(0.001), 0);
}

TEST(LogHistogram, DistanceIsTheLargestGapOfTheCumulativeShares) {
  LogHistogram a, b;
  for (const double value : {1, 2, 4, 8})
    a.add(value);
  for (const double value : {4, 8, 16, 32})
    b.add(value);
  EXPECT_DOUBLE_EQ(LogHistogram::distance(a, b), 0.5);
  EXPECT_DOUBLE_EQ(LogHistogram::distance(a, a), 0);
  EXPECT_DOUBLE_EQ(LogHistogram::distance(a, {}), 1);
}

TEST(Drift, PsiIsThatOfTheSharesWithHalfAnObjectMore) {
  const Box box{0, 0, 10, 10};
  const auto before = stats({{"a", box}, {"a", box}, {"a", box}, {"b", box}});
  const auto after = stats({{"a", box}, {"b", box}, {"b", box}, {"b", box}});
  const double p = 3.5 / 5, q = 1.5 / 5; // and the other way round for b
  EXPECT_NEAR(drift_between(before, after).class_psi, 2 * (q - p) * std::log(q / p), 1e-12);
  EXPECT_DOUBLE_EQ(drift_between(before, before).class_psi, 0);
  EXPECT_DOUBLE_EQ(drift_between(before, after).shares[0].before, 0.75);
}

TEST(Drift, AMissingClassIsFinite) {
  const Box box{0, 0, 10, 10};
  const auto result = drift_between(stats({{"a", box}}), stats({{"b", box}}));
  EXPECT_TRUE(std::isfinite(result.class_psi));
  EXPECT_EQ(result.shares.size(), 2U);
}

TEST(Drift, SizesAndFormsAreTested) {
  std::vector<std::pair<std::string, Box>> small, large;
  for (int i = 0; i < 100; ++i) {
    small.push_back({"a", {0, 0, 10.0 + i % 7, 10}});
    large.push_back({"a", {0, 0, 100.0 + i % 7, 100}});
  }
  const auto result = drift_between(stats(small), stats(large));
  EXPECT_TRUE(result.size.differs());
  EXPECT_NEAR(result.size.critical, 1.358 * std::sqrt(200.0 / 10000.0), 1e-12);
  EXPECT_FALSE(drift_between(stats(small), stats(small)).size.differs());
  EXPECT_FALSE(result.objects.differs()) << "one object an image in both";
}

} // namespace
} // namespace mlopsctl::dataset
