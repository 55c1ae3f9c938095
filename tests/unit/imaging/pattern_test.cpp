// SPDX-License-Identifier: Apache-2.0
// pattern:shapes: the same bytes everywhere, boxes exact to the pixel, and enough variety to learn
// from.
#include "imaging/pattern.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace mlopsctl::imaging {
namespace {

PatternOptions small(std::uint64_t seed) {
  PatternOptions options;
  options.seed = seed;
  options.width = 160;
  options.height = 120;
  return options;
}

/// FNV-1a, 64 bits.
std::uint64_t digest(const Image& image) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const std::uint8_t byte : image.pixels)
    value = (value ^ byte) * 0x100000001b3U;
  return value;
}

bool same(const PatternShape& a, const PatternShape& b) {
  return a.kind == b.kind && a.left == b.left && a.top == b.top && a.width == b.width &&
         a.height == b.height;
}

/// Where two images of one size differ.
struct Difference {
  int left = std::numeric_limits<int>::max(), top = left, right = 0, bottom = 0, pixels = 0;
};
Difference difference(const Image& a, const Image& b) {
  Difference d;
  for (int y = 0; y < a.height; ++y)
    for (int x = 0; x < a.width; ++x) {
      const auto at = static_cast<std::size_t>(x) * 3;
      if (std::equal(a.row(y) + at, a.row(y) + at + 3, b.row(y) + at))
        continue;
      d = {std::min(d.left, x), std::min(d.top, y), std::max(d.right, x + 1),
           std::max(d.bottom, y + 1), d.pixels + 1};
    }
  return d;
}

TEST(Pattern, GivesTheSameBytesOnEveryMachine) {
  PatternOptions options;
  const PatternFrame frame = Pattern(options).frame(100);
  EXPECT_EQ(frame.image.width, 640);
  EXPECT_EQ(frame.image.height, 480);
  EXPECT_EQ(frame.image.channels, 3);
  EXPECT_EQ(digest(frame.image), 3996771221845579365U);
  EXPECT_EQ(digest(Pattern(small(7)).frame(0).image), 11804990120231910625U);
}

TEST(Pattern, GivesAnyFrameAtAnyTime) {
  const Pattern pattern(small(3));
  const PatternFrame late = pattern.frame(250);
  for (const std::int64_t index : {0, 299, 17})
    pattern.frame(index);
  for (const PatternFrame& again : {pattern.frame(250), Pattern(small(3)).frame(250)}) {
    EXPECT_EQ(again.image.pixels, late.image.pixels);
    EXPECT_TRUE(std::equal(again.shapes.begin(), again.shapes.end(), late.shapes.begin(),
                           late.shapes.end(), same));
  }
  EXPECT_NE(pattern.frame(251).image.pixels, late.image.pixels);
}

TEST(Pattern, MovesWithTimeNotWithTheFrameNumber) {
  PatternOptions slow = small(5), fast = small(5);
  slow.fps = 10;
  fast.fps = 40;
  const PatternFrame a = Pattern(slow).frame(20), b = Pattern(fast).frame(80);
  EXPECT_TRUE(std::equal(a.shapes.begin(), a.shapes.end(), b.shapes.begin(), b.shapes.end(), same));
}

TEST(Pattern, DiffersFromSeedToSeed) {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    seen.insert(digest(Pattern(small(seed)).frame(0).image));
  EXPECT_EQ(seen.size(), 10U);
}

// max_shapes = n draws the n rearmost shapes, so the images for n and n-1 differ in exactly the
// pixels of the n-th, whatever lies behind it; a nearer shape may leave an older one without a
// label, never the n-th.
TEST(Pattern, BoxesAreTheExtentOfTheChangedPixels) {
  int boxes = 0, unlabelled = 0;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (const std::int64_t index : {0, 77, 154, 231}) {
      PatternOptions options = small(seed);
      options.max_shapes = 0;
      Image behind = Pattern(options).frame(index).image;
      for (int n = 1; n <= 5; ++n) {
        options.max_shapes = n;
        PatternFrame frame = Pattern(options).frame(index);
        const Difference d = difference(frame.image, behind);
        behind = std::move(frame.image);
        if (d.pixels == 0)
          continue; // the scene has fewer shapes, or this one is away
        const bool found = !frame.shapes.empty() && frame.shapes.back().left == d.left &&
                           frame.shapes.back().top == d.top &&
                           frame.shapes.back().width == d.right - d.left &&
                           frame.shapes.back().height == d.bottom - d.top;
        boxes += found ? 1 : 0;
        if (found)
          continue;
        ++unlabelled; // only right for a shape that is mostly outside
        EXPECT_TRUE(d.left == 0 || d.top == 0 || d.right == 160 || d.bottom == 120)
            << "seed " << seed << " frame " << index << " shape " << n;
      }
    }
  }
  EXPECT_GT(boxes, 20);
  EXPECT_LT(unlabelled, boxes / 5);
}

TEST(Pattern, LeavesOutWhatIsMostlyHidden) {
  // A shape that keeps no label although it is inside must lie under later boxes.
  int hidden = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Pattern pattern(small(seed));
    for (std::int64_t index = 0; index < 300; index += 60) {
      PatternOptions options = small(seed);
      options.max_shapes = 1;
      const PatternFrame alone = Pattern(options).frame(index), all = pattern.frame(index);
      if (alone.shapes.empty())
        continue;
      const PatternShape& first = alone.shapes.front();
      if (!all.shapes.empty() && same(all.shapes.front(), first))
        continue;
      ++hidden;
      EXPECT_TRUE(std::any_of(all.shapes.begin(), all.shapes.end(),
                              [&](const PatternShape& s) {
                                return s.left < first.left + first.width &&
                                       first.left < s.left + s.width &&
                                       s.top < first.top + first.height &&
                                       first.top < s.top + s.height;
                              }))
          << "seed " << seed << " frame " << index;
    }
  }
  EXPECT_GT(hidden, 0);
}

TEST(Pattern, ShowsOneToFiveShapesOfEveryKind) {
  std::array<int, 3> kinds{};
  std::set<std::size_t> counts;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const Pattern pattern(small(seed));
    for (std::int64_t index = 0; index < 300; index += 50) {
      const PatternFrame frame = pattern.frame(index);
      counts.insert(frame.shapes.size());
      for (const PatternShape& shape : frame.shapes) {
        ++kinds.at(static_cast<std::size_t>(shape.kind));
        EXPECT_GE(shape.left, 0);
        EXPECT_GE(shape.top, 0);
        EXPECT_GE(shape.width, 1);
        EXPECT_GE(shape.height, 1);
        EXPECT_LE(shape.left + shape.width, 160);
        EXPECT_LE(shape.top + shape.height, 120);
      }
    }
  }
  ASSERT_EQ(pattern_kinds().size(), 3U);
  EXPECT_EQ(pattern_kinds()[0], "circle");
  EXPECT_EQ(pattern_kinds()[1], "square");
  EXPECT_EQ(pattern_kinds()[2], "triangle");
  for (const int count : kinds)
    EXPECT_GT(count, 40);
  EXPECT_EQ(*counts.begin(), 1U);
  EXPECT_GE(*counts.rbegin(), 4U);
  EXPECT_LE(*counts.rbegin(), 5U);
}

TEST(Pattern, WorksAtTheSmallestSizeAndInOddShapes) {
  for (const auto& [width, height] :
       {std::array{16, 16}, std::array{16, 300}, std::array{301, 17}}) {
    PatternOptions options;
    options.width = width;
    options.height = height;
    for (options.seed = 0; options.seed < 5; ++options.seed) {
      const PatternFrame frame = Pattern(options).frame(123);
      EXPECT_EQ(frame.image.width, width);
      EXPECT_EQ(frame.image.height, height);
      EXPECT_FALSE(frame.shapes.empty());
    }
  }
}

TEST(Pattern, CountsFrames) {
  PatternOptions options = small(1);
  EXPECT_EQ(Pattern(options).frame_count(), 300);
  options.fps = 29.97;
  EXPECT_EQ(Pattern(options).frame_count(), 300);
  options.fps = 30;
  options.seconds = 1.1; // 33.000000000000004 in doubles
  EXPECT_EQ(Pattern(options).frame_count(), 33);
  options.seconds = 0.001;
  EXPECT_EQ(Pattern(options).frame_count(), 1);
  EXPECT_THROW(Pattern(options).frame(1), std::out_of_range);
  EXPECT_THROW(Pattern(options).frame(-1), std::out_of_range);
}

TEST(Pattern, RunsForYears) {
  PatternOptions options = small(1);
  options.fps = 1e6;
  options.seconds = 1e9;
  const Pattern pattern(options);
  EXPECT_FALSE(pattern.frame(pattern.frame_count() - 1).shapes.empty());
}

TEST(Pattern, RefusesWhatItCannotDraw) {
  const auto message = [](auto change) -> std::string {
    PatternOptions options;
    change(options);
    try {
      const Pattern pattern(options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  constexpr double k_nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(message([](PatternOptions& o) { o.width = 15; }),
            "pattern: size 15x480 is outside 16x16 to 8192x8192");
  EXPECT_NE(message([](PatternOptions& o) { o.height = 8193; }).find("640x8193"),
            std::string::npos);
  for (const double value : {0.0, -1.0, k_nan, k_infinity, 2e6})
    EXPECT_NE(message([&](PatternOptions& o) { o.fps = value; }).find("fps"), std::string::npos);
  for (const double value : {0.0, -1.0, k_nan, k_infinity, 2e9})
    EXPECT_NE(message([&](PatternOptions& o) { o.seconds = value; }).find("seconds"),
              std::string::npos);
  EXPECT_NE(message([](PatternOptions& o) { o.max_shapes = 6; }).find("max_shapes 6"),
            std::string::npos);
}

} // namespace
} // namespace mlopsctl::imaging
