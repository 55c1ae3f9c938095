// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "imaging/augment.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::imaging {
namespace {

/// Every pixel differs from every other.
Image numbered(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      image.row(y)[x * 3] = static_cast<std::uint8_t>(x);
      image.row(y)[x * 3 + 1] = static_cast<std::uint8_t>(y);
    }
  return image;
}

dataset::Sample sample(const Image& image, std::vector<dataset::Box> boxes) {
  dataset::Sample out;
  out.ref = "a.png";
  out.width = image.width;
  out.height = image.height;
  for (const auto& box : boxes) {
    out.annotations.emplace_back();
    out.annotations.back().label = "dog";
    out.annotations.back().box = box;
  }
  return out;
}

Augmented run(const std::string& text, const Image& image, const dataset::Sample& sample,
              const AugmentRules& rules = {}) {
  return augment(image, sample, parse_augmentation(text), rules);
}

std::vector<double> edges(const dataset::Box& box) {
  return {box.left, box.top, box.width, box.height};
}

std::string refusal(const std::string& text) {
  return error_of([&] { parse_augmentation(text); });
}

TEST(Augment, ABoxStaysOnItsPixels) {
  const Image image = numbered(13, 7);
  const dataset::Box box{3, 1, 4, 5}; // x 3..6, y 1..5
  for (const char* text : {"flip-x", "flip-y", "rotate90", "rotate180", "rotate270", "transpose",
                           "rotate90+flip-x", "transpose+rotate270+flip-y"}) {
    const auto made = run(text, image, sample(image, {box}));
    ASSERT_EQ(made.sample.annotations.size(), 1U);
    const auto& b = made.sample.annotations[0].box;
    EXPECT_EQ(made.sample.width, made.image.width) << text;
    for (int y = 0; y < made.image.height; ++y)
      for (int x = 0; x < made.image.width; ++x) {
        const auto* pixel = made.image.row(y) + x * 3;
        const bool was_inside = pixel[0] >= 3 && pixel[0] < 7 && pixel[1] >= 1 && pixel[1] < 6;
        const bool is_inside = x >= b.left && x < b.right() && y >= b.top && y < b.bottom();
        ASSERT_EQ(was_inside, is_inside) << text << " at " << x << "," << y;
      }
  }
}

TEST(Augment, TurnsAreClockwise) {
  const Image image = numbered(13, 7);
  const auto made = run("rotate90", image, sample(image, {}));
  EXPECT_EQ(made.image.width, 7);
  EXPECT_EQ(made.image.row(0)[6 * 3], 0) << "what was at the top left is at the top right";
  EXPECT_EQ(made.image.row(0)[6 * 3 + 1], 0);
}

TEST(Augment, TurnsAndFlipsComeBack) {
  const Image image = numbered(13, 7);
  const auto start = sample(image, {{3, 1, 4, 5}, {0, 0, 13, 7}, {2.5, 1.25, 3.75, 0.5}});
  for (const char* text : {"rotate90+rotate90+rotate90+rotate90", "flip-x+flip-x", "flip-y+flip-y",
                           "rotate90+rotate270", "rotate180+rotate180", "transpose+transpose",
                           "flip-x+flip-y+rotate180", "rotate90+flip-x+transpose"}) {
    const auto made = run(text, image, start);
    EXPECT_EQ(made.image.pixels, image.pixels) << text;
    EXPECT_EQ(made.image.width, image.width) << text;
    for (std::size_t i = 0; i < start.annotations.size(); ++i)
      EXPECT_EQ(edges(made.sample.annotations[i].box), edges(start.annotations[i].box)) << text;
  }
}

TEST(Augment, WhatMirrorsIsKnown) {
  EXPECT_TRUE(parse_augmentation("flip-x").mirrors());
  EXPECT_TRUE(parse_augmentation("flip-y").mirrors());
  EXPECT_TRUE(parse_augmentation("transpose").mirrors());
  EXPECT_FALSE(parse_augmentation("rotate90").mirrors());
  EXPECT_FALSE(parse_augmentation("flip-x+flip-y").mirrors()) << "that is a half turn";
}

TEST(Augment, MirroringExchangesTheNamesThatAreToldTo) {
  const Image image = numbered(13, 7);
  auto start = sample(image, {{3, 1, 4, 5}, {0, 0, 2, 2}});
  start.annotations[0].label = "left";
  AugmentRules rules;
  rules.swaps = {{"left", "right"}, {"right", "left"}};
  EXPECT_EQ(run("flip-x", image, start, rules).sample.annotations[0].label, "right");
  EXPECT_EQ(run("flip-x", image, start, rules).sample.annotations[1].label, "dog");
  EXPECT_EQ(run("rotate180", image, start, rules).sample.annotations[0].label, "left");
}

TEST(Augment, ACropKeepsWhatIsVisibleEnough) {
  const Image image = numbered(100, 80);
  AugmentRules rules;
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    rules.seed = seed;
    const auto made =
        run("crop:0.5", image, sample(image, {{0, 0, 10, 10}, {45, 35, 10, 10}}), rules);
    ASSERT_EQ(made.image.width, 50);
    ASSERT_EQ(made.image.height, 40);
    const int left = made.image.row(0)[0];
    const int top = made.image.row(0)[1];
    ASSERT_EQ(made.dropped_boxes + static_cast<std::int64_t>(made.sample.annotations.size()), 2);
    for (const auto& annotation : made.sample.annotations) {
      const auto& box = annotation.box;
      EXPECT_GE(box.area(), 30) << "--min-visible 0.3 of 100 px";
      EXPECT_GE(box.left, 0);
      EXPECT_LE(box.right(), 50);
      const bool is_first = box.left + left < 20;
      EXPECT_EQ(box.right() + left, is_first ? 10 : std::min(55, left + 50));
      EXPECT_GE(box.top + top, is_first ? 0 : 35);
    }
  }
}

TEST(Augment, ScaleFollowsTheRoundedSize) {
  const Image image = numbered(13, 7);
  const auto made = run("scale:0.5", image, sample(image, {{0, 0, 13, 7}}));
  EXPECT_EQ(made.image.width, 7);
  EXPECT_EQ(edges(made.sample.annotations[0].box), (std::vector<double>{0, 0, 7, 4}));
}

TEST(Augment, ValuesAreChangedNotPlaces) {
  Image image(8, 8, 3, 100);
  const auto start = sample(image, {{1, 1, 3, 3}});
  EXPECT_EQ(run("brightness:1.2", image, start).image.pixels[0], 120);
  EXPECT_EQ(run("brightness:20", image, start).image.pixels[0], 255);
  EXPECT_EQ(run("contrast:0.5", image, start).image.pixels[0], 114);
  EXPECT_EQ(run("blur:2", image, start).image.pixels[0], 100);
  EXPECT_EQ(edges(run("blur:2", image, start).sample.annotations[0].box),
            (std::vector<double>{1, 1, 3, 3}));
}

TEST(Augment, NoiseHasItsDeviationAndItsSeed) {
  const Image image(200, 200, 1, 128);
  const auto start = sample(image, {});
  AugmentRules rules;
  const auto made = run("noise:8", image, start, rules);
  double sum = 0, squares = 0;
  for (const auto value : made.image.pixels) {
    sum += value - 128.0;
    squares += (value - 128.0) * (value - 128.0);
  }
  const double count = double(made.image.pixels.size());
  EXPECT_NEAR(sum / count, 0, 0.2);
  EXPECT_NEAR(std::sqrt(squares / count), 8, 0.3);
  EXPECT_EQ(run("noise:8", image, start, rules).image.pixels, made.image.pixels);
  rules.seed = 2;
  EXPECT_NE(run("noise:8", image, start, rules).image.pixels, made.image.pixels);
}

TEST(Augment, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal("rotate45"), "--ops: 'rotate45' is unknown, did you mean 'rotate90'?");
  EXPECT_EQ(refusal("flip-x:2"), "--ops: flip-x takes no value");
  EXPECT_EQ(refusal("crop"), "--ops: crop needs a value of 0.05 to 1");
  EXPECT_EQ(refusal("crop:1.5"), "--ops: crop: '1.5' is not a number of 0.05 to 1");
  EXPECT_EQ(refusal("flip-x+"), "--ops: '' is unknown");
  EXPECT_EQ(parse_augmentation("flip-x + brightness:1.2").name(), "flip-x_brightness-1.2");
}

} // namespace
} // namespace mlopsctl::imaging
