// SPDX-License-Identifier: Apache-2.0
// What a glance tells: steep edges whatever the contrast and the size, and how much two frames
// differ.
#include "imaging/glance.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::imaging {
namespace {

/// Vertical bars whose edges are `ramp` px wide.
Image bars(int width, int height, int period, int ramp, int low, int high, int channels = 1) {
  Image image(width, height, channels);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int at = x % (2 * period), up = at < period ? at : 2 * period - at;
      const int level = low + (2 * up - period + ramp) * (high - low) / (2 * ramp);
      for (int c = 0; c < channels; ++c)
        image.row(y)[x * channels + c] =
            static_cast<std::uint8_t>(std::min(std::max(level, low), high));
    }
  return image;
}

TEST(Glance, SharpnessFallsWithTheWidthOfEdgesNotWithContrast) {
  const double sharp = acuteness(bars(320, 240, 40, 1, 40, 200)).ratio;
  const double soft = acuteness(bars(320, 240, 40, 4, 40, 200)).ratio;
  const double softer = acuteness(bars(320, 240, 40, 10, 40, 200)).ratio;
  const double pale = acuteness(bars(320, 240, 40, 1, 100, 160)).ratio;
  EXPECT_NEAR(sharp, 0.22, 0.04);
  EXPECT_LT(soft, 0.7 * sharp);
  EXPECT_LT(softer, 0.7 * soft);
  EXPECT_NEAR(pale, sharp, 0.2 * sharp);
}

TEST(Glance, NothingToBeSeenIsNotSharp) {
  EXPECT_EQ(acuteness(Image(64, 64, 1, 80)).ratio, 0);
  EXPECT_EQ(acuteness(Image(8, 8, 1, 80)).ratio, 0);
  EXPECT_EQ(acuteness(Image(1, 1, 1)).ratio, 0);
}

TEST(Glance, SmallPicturesAreAverages) {
  const Image small = small_grey(bars(1290, 720, 3, 1, 10, 250, 3), 640);
  EXPECT_EQ(small.width, 430);
  EXPECT_EQ(small.height, 240);
  EXPECT_EQ(small.channels, 1);
  EXPECT_EQ(small_grey(Image(100, 50, 3, 77), 640).pixels[0], 77);
  EXPECT_EQ(small_grey(Image(5000, 1, 1, 77), 640).width, 1);
  EXPECT_TRUE(small_grey(Image(), 640).empty());
}

TEST(Glance, APlaneOfBrightnessGivesTheSame) {
  YuvImage yuv(101, 51);
  Image grey(101, 51, 1);
  for (int y = 0; y < 51; ++y)
    for (int x = 0; x < 101; ++x)
      grey.row(y)[x] = yuv.y[static_cast<std::size_t>(y * yuv.padded_width() + x)] =
          static_cast<std::uint8_t>(x * 2 + y);
  EXPECT_EQ(small_grey(yuv, 40).pixels, small_grey(grey, 40).pixels);
}

TEST(Glance, DifferenceIsOfWhatMovedNotOfTheLight) {
  const Glance a = glance(Image(640, 480, 1, 90)), brighter = glance(Image(640, 480, 1, 120));
  EXPECT_EQ(difference(a, brighter).changed, 0);
  Image spot(640, 480, 1, 90);
  for (int y = 0; y < 80; ++y)
    std::fill(spot.row(y), spot.row(y) + 80, std::uint8_t{250});
  const auto moved = difference(a, glance(spot));
  EXPECT_NEAR(moved.changed, 64.0 / 3072, 0.001);
  EXPECT_GT(moved.most, 150);
}

TEST(Glance, WhatTremblesByACellHasNotMoved) {
  const auto spot_at = [](int left) {
    Image image(640, 480, 1, 90);
    for (int y = 200; y < 280; ++y)
      std::fill(image.row(y) + left, image.row(y) + left + 80, std::uint8_t{200});
    return glance(image);
  };
  EXPECT_EQ(moved(spot_at(200), spot_at(208)), 0);
  EXPECT_EQ(moved(spot_at(200), spot_at(200)), 0);
  const double far = moved(spot_at(200), spot_at(240));
  EXPECT_NEAR(far, 2 * 3 * 8 / 3072.0, 0.003);
  EXPECT_EQ(moved(spot_at(200), spot_at(240), far), far) << "what is enough is not yet too much";
  EXPECT_GT(moved(spot_at(200), spot_at(240), 0.001), 0.001);
  EXPECT_LT(moved(spot_at(200), spot_at(240), 0.001), far) << "the rows below are not looked at";
}

} // namespace
} // namespace mlopsctl::imaging
