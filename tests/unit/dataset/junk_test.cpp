// SPDX-License-Identifier: Apache-2.0
#include "dataset/junk.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::dataset {
namespace {

TEST(Judge, ComparesSharpnessWithinAClipAndKeepsTheSharpestOfACluster) {
  const std::vector<LookedAt> pictures{{{0, 0}, 100, "lawn"},
                                       {{1, 0}, 120, "lawn"},
                                       {{~0ULL, 0}, 10, "lawn"}, // 10 is blurred here
                                       {{0xFFFF0000, 0}, 9, "wall"},
                                       {{0xFFFF, 0}, 10, "wall"},
                                       {{0, ~0ULL}, 11, "wall"}, // and sharp here
                                       {{3, 0}, 120, ""}};
  const auto judged = judge(pictures, 0.2, 2, 1);
  ASSERT_EQ(judged.size(), 7U);
  EXPECT_EQ(judged[0].median, 100);
  EXPECT_FALSE(judged[0].is_blurred);
  EXPECT_TRUE(judged[2].is_blurred);
  EXPECT_FALSE(judged[4].is_blurred);
  EXPECT_EQ(judged[6].median, 120);
  EXPECT_TRUE(judged[0].is_repetition);
  EXPECT_EQ(judged[0].best, 1U);
  EXPECT_FALSE(judged[1].is_repetition); // the first of the two sharpest
  EXPECT_EQ(judged[6].best, 1U);
  EXPECT_TRUE(judged[6].is_repetition);
  for (const std::size_t alone : {2U, 3U, 4U, 5U})
    EXPECT_FALSE(judged[alone].is_repetition) << alone;
  EXPECT_TRUE(judge({}, 0.2, 2, 1).empty());
  for (const auto& entry : judge(pictures, 0, 2, 1))
    EXPECT_FALSE(entry.is_blurred);
}

TEST(Quantile, IsTheNearestRank) {
  EXPECT_EQ(quantile({}, 0.5), 0);
  EXPECT_EQ(quantile({7}, 0.9), 7);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.5), 2);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
}

} // namespace
} // namespace mlopsctl::dataset
