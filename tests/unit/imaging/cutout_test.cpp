// SPDX-License-Identifier: Apache-2.0
#include "imaging/cutout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mlopsctl::imaging {
namespace {

using testing::ElementsAre;

std::vector<int> sides(const Cutout& cutout) {
  return {cutout.left, cutout.top, cutout.width, cutout.height};
}

TEST(Cutout, TakesEveryPixelThatTheBoxTouches) {
  const Image image(100, 50, 3);
  const auto cutout = cutout_of({10.5, 20.2, 30, 10}, 0, false, image);
  EXPECT_THAT(sides(cutout), ElementsAre(10, 20, 31, 11));
  EXPECT_TRUE(cutout.is_whole);
}

TEST(Cutout, MarginsAndSquaresStayAroundTheMiddle) {
  const Image image(100, 100, 3);
  EXPECT_THAT(sides(cutout_of({40, 40, 20, 10}, 0.5, false, image)), ElementsAre(30, 35, 40, 20));
  EXPECT_THAT(sides(cutout_of({40, 40, 20, 10}, 0, true, image)), ElementsAre(40, 35, 20, 20));
}

TEST(Cutout, IsCutAtTheEdgesAndEmptyOutside) {
  const Image image(100, 50, 3);
  const auto corner = cutout_of({90, 40, 20, 20}, 0, false, image);
  EXPECT_THAT(sides(corner), ElementsAre(90, 40, 10, 10));
  EXPECT_FALSE(corner.is_whole);
  EXPECT_EQ(cutout_of({120, 10, 20, 20}, 0, false, image).width, 0);
}

} // namespace
} // namespace mlopsctl::imaging
