// SPDX-License-Identifier: Apache-2.0
// Scaling, placing, turning and drawing: known pixels in, known pixels out.
#include "imaging/draw.hpp"
#include "imaging/transform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mlopsctl::imaging {
namespace {

/// A grey picture from rows of letters.
Image letters(const std::vector<std::string>& rows) {
  Image image(static_cast<int>(rows[0].size()), static_cast<int>(rows.size()), 1);
  for (std::size_t y = 0; y < rows.size(); ++y)
    std::copy(rows[y].begin(), rows[y].end(), image.row(static_cast<int>(y)));
  return image;
}

std::vector<std::string> rows_of(const Image& image) {
  std::vector<std::string> rows;
  for (int y = 0; y < image.height; ++y)
    rows.emplace_back(image.row(y), image.row(y) + image.stride());
  return rows;
}

using testing::ElementsAre;

TEST(Transform, TurnsAndFlips) {
  const Image image = letters({"abc", "def"});
  EXPECT_THAT(rows_of(flip_x(image)), ElementsAre("cba", "fed"));
  EXPECT_THAT(rows_of(flip_y(image)), ElementsAre("def", "abc"));
  EXPECT_THAT(rows_of(rotate90(image)), ElementsAre("da", "eb", "fc"));
  EXPECT_THAT(rows_of(rotate180(image)), ElementsAre("fed", "cba"));
  EXPECT_THAT(rows_of(rotate270(image)), ElementsAre("cf", "be", "ad"));
}

TEST(Transform, ExifOrientationsShowTheSamePicture) {
  // The eight ways in which "abc/def" can be stored (Exif: which edge the 0th row and column are).
  EXPECT_THAT(rows_of(apply_orientation(letters({"abc", "def"}), 1)), ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"cba", "fed"}), 2)), ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"fed", "cba"}), 3)), ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"def", "abc"}), 4)), ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"ad", "be", "cf"}), 5)),
              ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"cf", "be", "ad"}), 6)),
              ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"fc", "eb", "da"}), 7)),
              ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"da", "eb", "fc"}), 8)),
              ElementsAre("abc", "def"));
  EXPECT_THAT(rows_of(apply_orientation(letters({"abc", "def"}), 99)), ElementsAre("abc", "def"));
}

TEST(Transform, CropIsCutToThePicture) {
  const Image image = letters({"abcd", "efgh", "ijkl"});
  EXPECT_THAT(rows_of(crop(image, 1, 1, 2, 2)), ElementsAre("fg", "jk"));
  EXPECT_THAT(rows_of(crop(image, -5, 2, 7, 2000000000)), ElementsAre("ij"));
  EXPECT_TRUE(crop(image, 4, 0, 5, 5).empty());
}

TEST(Transform, ResizeAveragesOrInterpolates) {
  Image image(4, 2, 1);
  image.pixels = {0, 100, 200, 200, 100, 200, 0, 0};
  const Image small = resize(image, 2, 1, Interpolation::area);
  EXPECT_THAT(small.pixels, ElementsAre(100, 100));
  Image edge(2, 1, 1);
  edge.pixels = {0, 100};
  EXPECT_THAT(resize(edge, 4, 1, Interpolation::linear).pixels, ElementsAre(0, 25, 75, 100));
  EXPECT_EQ(resize(image, 4, 2, Interpolation::linear).pixels, image.pixels);
}

TEST(Transform, LetterboxKeepsProportions) {
  const Placement wide = letterbox_placement(640, 480, 320, 320, Anchor::center);
  EXPECT_EQ(wide.width, 320);
  EXPECT_EQ(wide.height, 240);
  EXPECT_EQ(wide.left, 0);
  EXPECT_EQ(wide.top, 40);
  EXPECT_DOUBLE_EQ(wide.scale, 0.5);
  const Placement odd = letterbox_placement(100, 33, 64, 64, Anchor::center);
  EXPECT_EQ(odd.height, 21);
  EXPECT_EQ(odd.top, 21); // 43 rows are left: 21 above, 22 below
  EXPECT_EQ(letterbox_placement(480, 640, 320, 320, Anchor::top_left).left, 0);
  EXPECT_EQ(letterbox_placement(100000, 1, 64, 64, Anchor::center).height, 1);
  const Image boxed =
      letterbox(Image(2, 1, 1, 200), 4, 4, letterbox_placement(2, 1, 4, 4, Anchor::center), 114,
                Interpolation::linear);
  EXPECT_THAT(boxed.pixels, ElementsAre(114, 114, 114, 114, 200, 200, 200, 200, 200, 200, 200, 200,
                                        114, 114, 114, 114));
}

TEST(Transform, GreyAndBack) {
  Image red(1, 1, 3);
  red.pixels = {255, 0, 0};
  EXPECT_THAT(to_grey(red).pixels, ElementsAre(76));
  EXPECT_THAT(to_rgb(to_grey(red)).pixels, ElementsAre(76, 76, 76));
}

TEST(Draw, OutlineHasTheClassColourAndStaysInside) {
  Image image(200, 100, 1, 50);
  const std::vector<DrawnBox> boxes{{{60, 40, 80, 50}, "circle", 0.91, 2},
                                    {{-1e12, 5, 1e13, 2}, "", {}, 1}};
  draw_boxes(image, boxes);
  ASSERT_EQ(image.channels, 3);
  const auto colour = class_colour(2);
  const std::uint8_t* corner = image.row(89) + std::size_t{139} * 3; // last pixel inside the box
  EXPECT_THAT(std::vector<int>(corner, corner + 3), ElementsAre(colour[0], colour[1], colour[2]));
  const std::uint8_t* middle = image.row(65) + std::size_t{100} * 3;
  EXPECT_THAT(std::vector<int>(middle, middle + 3), ElementsAre(50, 50, 50));
  Image tiny(3, 3, 3);
  draw_boxes(tiny, boxes); // a label larger than the picture
  draw_caption(tiny, "frame 1 \xC3\xA9");
  EXPECT_EQ(tiny.pixels.size(), 27U);
}

} // namespace
} // namespace mlopsctl::imaging
