// SPDX-License-Identifier: Apache-2.0
// Small objects in large pictures: the parts cover everything, overlap, and are not too many.
#include "inference/parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mlopsctl::inference {
namespace {

TEST(Parts, APictureNotMuchLargerThanTheInputIsOnePart) {
  EXPECT_EQ(parts_to_look_at(640, 480, 320, 320).size(), 1u);
  EXPECT_EQ(parts_to_look_at(1, 1, 320, 320).size(), 1u);
}

TEST(Parts, EveryPlaceSmallerThanTheOverlapIsWholeInSomePart) {
  for (const auto& [width, height] :
       {std::pair{1920, 1080}, {641, 100}, {300, 3000}, {8000, 6000}}) {
    const auto parts = parts_to_look_at(width, height, 320, 320);
    ASSERT_GT(parts.size(), 1u);
    EXPECT_LE(parts.size(), 17u);
    EXPECT_EQ(parts[0].width, width);
    EXPECT_EQ(parts[0].height, height);
    const int side = std::min(parts[1].width, parts[1].height) / 5;
    for (int y = 0; y + side <= height; y += 7)
      for (int x = 0; x + side <= width; x += 7)
        ASSERT_TRUE(std::any_of(parts.begin() + 1, parts.end(),
                                [&, x = x, y = y](const Part& part) {
                                  return x >= part.left && y >= part.top &&
                                         x + side <= part.left + part.width &&
                                         y + side <= part.top + part.height;
                                }))
            << width << "x" << height << " at " << x << "," << y;
    for (const auto& part : parts) {
      EXPECT_GE(part.left, 0);
      EXPECT_GE(part.top, 0);
      EXPECT_LE(part.left + part.width, width);
      EXPECT_LE(part.top + part.height, height);
    }
  }
}

} // namespace
} // namespace mlopsctl::inference
