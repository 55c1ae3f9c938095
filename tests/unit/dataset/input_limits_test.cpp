// SPDX-License-Identifier: Apache-2.0
#include "dataset/input_limits.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::dataset {
namespace {

TEST(InputLimits, AnImageAtTheLimitPasses) {
  EXPECT_TRUE(check_job_image("a.jpg", 40'000'000, 10'000, 10'000).empty());
  EXPECT_TRUE(check_job_size("x", 100'000).empty());
}

TEST(InputLimits, BeyondItIsToldButBlocksNothing) {
  const auto bytes = check_job_image("a.jpg", 40'000'001, 10, 10);
  ASSERT_EQ(bytes.size(), 1U);
  EXPECT_EQ(bytes[0].severity, Severity::warning);
  EXPECT_EQ(bytes[0].text, "40000001 bytes; Ground Truth takes at most 40000000");
  const auto both = check_job_image("a.jpg", 40'000'001, 65'500, 65'500); // no overflow
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].text, "65500x65500 pixels; Ground Truth takes at most 100000000");
  const auto many = check_job_size("x", 100'001);
  ASSERT_EQ(many.size(), 1U);
  EXPECT_EQ(many[0].severity, Severity::warning);
}

} // namespace
} // namespace mlopsctl::dataset
