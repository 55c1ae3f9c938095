// SPDX-License-Identifier: Apache-2.0
#include "imaging/middle_frame.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::imaging {
namespace {

TEST(MiddleOf, IsWhatIsShownWhenHalfIsOver) {
  EXPECT_EQ(middle_of({}), 0U);
  EXPECT_EQ(middle_of({0}), 0U);
  EXPECT_EQ(middle_of({0, 1}), 1U) << "shown from 1 to 2; the middle is 1";
  EXPECT_EQ(middle_of({0, 1, 2}), 1U);
  EXPECT_EQ(middle_of({0, 1, 2, 3}), 2U);
  EXPECT_EQ(middle_of({0, 1.0 / 30, 2.0 / 30, 3.0 / 30}), 2U);
}

TEST(MiddleOf, FollowsTheTimeAndNotTheCount) {
  EXPECT_EQ(middle_of({0, 10, 11, 12, 13}), 0U) << "from 0 to 14: the first is shown until 10";
  EXPECT_EQ(middle_of({0, 1, 2, 3, 10}), 3U) << "from 0 to 17";
}

TEST(MiddleOf, CountsWhereThereAreNoTimes) {
  EXPECT_EQ(middle_of({0, 0, 0, 0, 0}), 2U);
}

} // namespace
} // namespace mlopsctl::imaging
