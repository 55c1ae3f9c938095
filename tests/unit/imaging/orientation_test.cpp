// SPDX-License-Identifier: Apache-2.0
#include "imaging/orientation.hpp"
#include "imaging/transform.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::imaging {
namespace {

TEST(Orientation, LabelsFollowThePixels) {
  Image image(9, 5, 1);
  for (int y = 1; y < 3; ++y)
    for (int x = 2; x < 7; ++x)
      image.row(y)[x] = 255; // what the box is around
  for (int orientation = 0; orientation <= 9; ++orientation) {
    dataset::Sample sample;
    sample.width = 9;
    sample.height = 5;
    sample.annotations.emplace_back();
    sample.annotations[0].box = {2, 1, 5, 2};
    turn_labels_upright(sample, orientation);
    const Image shown = apply_orientation(image, orientation);
    ASSERT_EQ(sample.width, shown.width) << orientation;
    ASSERT_EQ(sample.height, shown.height) << orientation;
    const auto& box = sample.annotations[0].box;
    for (int y = 0; y < shown.height; ++y)
      for (int x = 0; x < shown.width; ++x)
        ASSERT_EQ(shown.row(y)[x] == 255,
                  x >= box.left && x < box.right() && y >= box.top && y < box.bottom())
            << orientation << " at " << x << "," << y;
  }
}

TEST(Orientation, UprightLabelsAreKnownByTheirSize) {
  EXPECT_TRUE(is_upright_size(480, 640, 640, 480, 6));
  EXPECT_FALSE(is_upright_size(640, 480, 640, 480, 6));
  EXPECT_FALSE(is_upright_size(480, 640, 640, 480, 3));
  EXPECT_FALSE(is_upright_size(480, 480, 480, 480, 6)) << "a square says nothing";
}

} // namespace
} // namespace mlopsctl::imaging
