// SPDX-License-Identifier: Apache-2.0
// Of many frames those that differ most.
#include "capture/spread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::capture {
namespace {

using testing::ElementsAre;

/// A bright square whose place is the frame's look.
imaging::Glance square_at(std::size_t column) {
  imaging::Glance glance;
  for (std::size_t y = 0; y < 16; ++y)
    for (std::size_t x = 0; x < 8; ++x)
      glance.cells[y * imaging::k_glance_columns + column + x] = 200;
  return glance;
}

TEST(Spread, TakesOneOfEachKind) {
  Spread spread;
  for (std::int64_t i = 0; i < 30; ++i)
    spread.add(i, square_at(i < 25 ? 0 : i < 28 ? 20 : 40));
  EXPECT_THAT(spread.choose(3), ElementsAre(0, 25, 28));
  EXPECT_EQ(spread.choose(10).size(), 3U) << "the rest is the same";
  EXPECT_EQ(spread.choose(30).size(), 30U);
}

TEST(Spread, BeginsWithTheSharpest) {
  Spread spread;
  for (std::int64_t i = 0; i < 5; ++i) {
    auto glance = square_at(static_cast<std::size_t>(8 * i));
    glance.sharpness.ratio = i == 3 ? 0.3 : 0.2;
    spread.add(i, glance);
  }
  EXPECT_THAT(spread.choose(1), ElementsAre(3));
}

TEST(Spread, HasABoundAndStillCoversAll) {
  Spread spread;
  for (std::int64_t i = 0; i < 50'000; ++i)
    spread.add(i, square_at(static_cast<std::size_t>(i / 1000)));
  const auto chosen = spread.choose(50);
  EXPECT_GE(chosen.size(), 12U); // a look for each of the squares that fall on other cells
  EXPECT_GE(*chosen.rbegin(), 49'000);
}

} // namespace
} // namespace mlopsctl::capture
