// SPDX-License-Identifier: Apache-2.0
// What is redacted cannot be told from something else with the same few averages, and nothing else
// of the picture changes.
#include "imaging/redact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace mlopsctl::imaging {
namespace {

/// Grey noise without a pattern of the size of a cell. \param seed other pixels.
Image noise(int width, int height, std::uint32_t seed) {
  Image image(width, height, 3);
  for (auto& value : image.pixels) {
    seed = seed * 1664525 + 1013904223;
    value = static_cast<std::uint8_t>(seed >> 24);
  }
  return image;
}

int largest_difference(const Image& a, const Image& b) {
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i)
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

bool is_inside(int x, int y, int left, int top, int right, int bottom) {
  return x >= left && x < right && y >= top && y < bottom;
}

TEST(Redact, ChangesTheBoxWithItsMarginAndNothingElse) {
  const auto before = noise(200, 160, 1);
  auto after = before;
  redact(after, {60, 40, 80, 80}, 0.25); // 40..160 and 20..140
  int same_inside = 0;
  for (int y = 0; y < 160; ++y)
    for (int x = 0; x < 200; ++x) {
      const bool is_same =
          std::equal(before.row(y) + 3 * x, before.row(y) + 3 * x + 3, after.row(y) + 3 * x);
      if (is_inside(x, y, 40, 20, 160, 140)) {
        same_inside += is_same ? 1 : 0;
      } else {
        EXPECT_TRUE(is_same) << x << " " << y;
      }
    }
  EXPECT_LT(same_inside, 15); // by chance
}

TEST(Redact, WhatIsLeftFollowsFromAFewAverages) {
  // Two pictures that have nothing in common but their averages look the same afterwards.
  auto one = noise(240, 240, 1), other = noise(240, 240, 2);
  ASSERT_GT(largest_difference(one, other), 200);
  redact(one, {0, 0, 240, 240}, 0);
  redact(other, {0, 0, 240, 240}, 0);
  EXPECT_LT(largest_difference(one, other), 20);
  // A pattern finer than a cell, of whatever contrast, is gone to the last level.
  Image stripes(240, 240, 3);
  for (int y = 0; y < 240; ++y)
    for (int x = 0; x < 240; ++x)
      std::fill_n(stripes.row(y) + 3 * x, 3, static_cast<std::uint8_t>(x % 2 == 0 ? 0 : 254));
  redact(stripes, {0, 0, 240, 240}, 0);
  EXPECT_EQ(largest_difference(stripes, Image(240, 240, 3, 127)), 0);
}

TEST(Redact, SmallBoxesAreNotLeftAsTheyAre) {
  for (const int side : {1, 2, 5, 9, 12}) {
    auto image = noise(32, 32, 7);
    const auto before = image;
    redact(image, {8, 8, double(side), double(side)}, 0);
    if (side == 1) { // a pixel is its own average
      EXPECT_EQ(largest_difference(image, before), 0);
      continue;
    }
    EXPECT_GT(largest_difference(image, before), 40) << side;
    if (side < 8) { // one average
      EXPECT_TRUE(
          std::equal(image.row(8) + 24, image.row(8) + 27, image.row(7 + side) + 3 * (7 + side)));
    }
  }
}

TEST(Redact, IsCutAtTheEdgesAndTakesGreyPictures) {
  Image grey(50, 40, 1);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i)
    grey.pixels[i] = i % 2 == 0 ? 0 : 200;
  const auto before = grey;
  redact(grey, {-30, -30, 50, 50}, 0.25);
  EXPECT_NEAR(grey.row(0)[0], 100, 5);
  EXPECT_EQ(grey.row(39)[49], before.row(39)[49]);
  auto untouched = before;
  redact(untouched, {60, 60, 10, 10}, 0.25); // outside
  redact(untouched, {10, 10, 0, 0}, 0.25);
  EXPECT_EQ(largest_difference(untouched, before), 0);
}

} // namespace
} // namespace mlopsctl::imaging
