// SPDX-License-Identifier: Apache-2.0
// What is planted is there, for the part of the time that was asked for, and the truth says where.
#include "imaging/glance.hpp"
#include "imaging/pattern.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace mlopsctl::imaging {
namespace {

PatternOptions planted(const PlantedParts& parts) {
  PatternOptions options;
  options.width = 160;
  options.height = 120;
  options.planted = parts;
  return options;
}

bool same_shapes(const Pattern& pattern, std::int64_t a, std::int64_t b) {
  const auto first = pattern.frame(a).shapes, second = pattern.frame(b).shapes;
  return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                    [](const PatternShape& x, const PatternShape& y) {
                      return x.left == y.left && x.top == y.top && x.width == y.width;
                    });
}

TEST(PatternPlan, TakesItsPartOfTheTime) {
  const Pattern blur(planted({.blur = 0.25})), freeze(planted({.freeze = 0.5})),
      transition(planted({.transition = 0.25}));
  int blurred = 0, frozen = 0, moving = 0;
  for (std::int64_t i = 0; i < 300; ++i) {
    blurred += blur.planted(i).is_blurred ? 1 : 0;
    frozen += freeze.planted(i).standstill >= 0 ? 1 : 0;
    moving += transition.planted(i).is_transition ? 1 : 0;
    EXPECT_NE(transition.planted(i).is_transition, transition.planted(i).standstill >= 0);
  }
  EXPECT_NEAR(blurred, 75, 5);
  EXPECT_NEAR(frozen, 150, 5);
  EXPECT_NEAR(moving, 75, 5);
}

TEST(PatternPlan, FramesOfOneStandstillShowTheSame) {
  for (const auto& parts : {PlantedParts{.freeze = 0.5}, PlantedParts{.transition = 0.3}}) {
    const Pattern pattern(planted(parts));
    for (std::int64_t i = 1; i < 200; ++i) {
      const auto before = pattern.planted(i - 1).standstill, here = pattern.planted(i).standstill;
      EXPECT_EQ(same_shapes(pattern, i - 1, i), before == here && here >= 0) << i;
    }
  }
}

TEST(PatternPlan, BlurredFramesAreLessSharp) {
  const Pattern plain(planted({})), pattern(planted({.blur = 0.3}));
  for (std::int64_t i = 0; i < 120; i += 7) {
    const auto with = pattern.frame(i).image, without = plain.frame(i).image;
    if (pattern.planted(i).is_blurred)
      EXPECT_LT(acuteness(small_grey(with, 640)).detail,
                0.6 * acuteness(small_grey(without, 640)).detail);
    else
      EXPECT_EQ(with.pixels, without.pixels);
  }
}

TEST(PatternPlan, RefusesWhatCannotBe) {
  EXPECT_THROW(PatternPlan({.blur = 0.9}, 1), std::invalid_argument);
  EXPECT_THROW(PatternPlan({.freeze = -0.1}, 1), std::invalid_argument);
  EXPECT_THROW(PatternPlan({.freeze = 0.1, .transition = 0.1}, 1), std::invalid_argument);
}

} // namespace
} // namespace mlopsctl::imaging
