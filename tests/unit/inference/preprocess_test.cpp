// SPDX-License-Identifier: Apache-2.0
#include "inference/preprocess.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::inference {
namespace {

package::InputSpec input(int width, int height, package::Resize resize) {
  package::InputSpec spec;
  spec.width = width;
  spec.height = height;
  spec.resize = resize;
  return spec;
}

/// 2x1: red 10 20 30, then 40 50 60.
imaging::Image two_pixels() {
  imaging::Image image(2, 1, 3);
  image.pixels = {10, 20, 30, 40, 50, 60};
  return image;
}

std::vector<float> tensor_of(const package::InputSpec& spec, const imaging::Image& image) {
  std::vector<float> tensor;
  Preprocessor(spec).run(image, tensor);
  return tensor;
}

TEST(Preprocess, PlanesInTheColourOrderOfTheModel) {
  auto spec = input(2, 1, package::Resize::stretch);
  EXPECT_EQ(tensor_of(spec, two_pixels()), (std::vector<float>{10, 40, 20, 50, 30, 60}));
  spec.color = package::ColorOrder::bgr;
  EXPECT_EQ(tensor_of(spec, two_pixels()), (std::vector<float>{30, 60, 20, 50, 10, 40}));
}

TEST(Preprocess, MeanAndStdBelongToTheOrderOfThePlanes) {
  auto spec = input(2, 1, package::Resize::stretch);
  spec.color = package::ColorOrder::bgr;
  spec.scale = 0.5;
  spec.mean = {1, 2, 3}; // of blue, green, red
  spec.std = {2, 4, 8};
  EXPECT_EQ(tensor_of(spec, two_pixels()),
            (std::vector<float>{(15 - 1) / 2.F, (30 - 1) / 2.F, (10 - 2) / 4.F, (25 - 2) / 4.F,
                                (5 - 3) / 8.F, (20 - 3) / 8.F}));
}

TEST(Preprocess, GreyToColourAndBack) {
  imaging::Image grey(2, 1, 1);
  grey.pixels = {7, 9};
  EXPECT_EQ(tensor_of(input(2, 1, package::Resize::stretch), grey),
            (std::vector<float>{7, 9, 7, 9, 7, 9}));
  auto spec = input(1, 1, package::Resize::stretch);
  spec.color = package::ColorOrder::grey;
  EXPECT_EQ(tensor_of(spec, imaging::Image(1, 1, 3, 200)), (std::vector<float>{200}));
}

TEST(Preprocess, LetterboxCentresAndMapsBack) {
  auto spec = input(100, 100, package::Resize::letterbox_center);
  spec.pad_value = 114;
  std::vector<float> tensor;
  const imaging::Image wide(400, 200, 3, 50);
  const Mapping mapping = Preprocessor(spec).run(wide, tensor);
  EXPECT_EQ(tensor.size(), 30000U);
  EXPECT_EQ(tensor[24 * 100], 114); // 25 rows above and below the 100x50 picture
  EXPECT_EQ(tensor[25 * 100], 50);
  EXPECT_EQ(tensor[74 * 100 + 99], 50);
  EXPECT_EQ(tensor[75 * 100], 114);
  const auto box = mapping.to_picture({10, 35, 20, 10});
  ASSERT_TRUE(box);
  EXPECT_DOUBLE_EQ(box->left, 40);
  EXPECT_DOUBLE_EQ(box->top, 40);
  EXPECT_DOUBLE_EQ(box->width, 80);
  EXPECT_DOUBLE_EQ(box->height, 40);
}

TEST(Preprocess, LetterboxTopLeftMapsBack) {
  auto spec = input(100, 100, package::Resize::letterbox_topleft);
  std::vector<float> tensor;
  const Mapping mapping = Preprocessor(spec).run(imaging::Image(400, 200, 3, 50), tensor);
  EXPECT_EQ(tensor[0], 50);
  EXPECT_EQ(tensor[50 * 100], 0);
  const auto box = mapping.to_picture({10, 10, 20, 10});
  ASSERT_TRUE(box);
  EXPECT_DOUBLE_EQ(box->left, 40);
  EXPECT_DOUBLE_EQ(box->top, 40);
}

TEST(Preprocess, StretchMapsEachSideAlone) {
  std::vector<float> tensor;
  const Mapping mapping =
      Preprocessor(input(10, 20, package::Resize::stretch)).run(imaging::Image(100, 40, 3), tensor);
  const auto box = mapping.to_picture({1, 5, 2, 10});
  ASSERT_TRUE(box);
  EXPECT_DOUBLE_EQ(box->left, 10);
  EXPECT_DOUBLE_EQ(box->top, 10);
  EXPECT_DOUBLE_EQ(box->width, 20);
  EXPECT_DOUBLE_EQ(box->height, 20);
}

TEST(Preprocess, CropTakesTheMiddle) {
  imaging::Image image(4, 2, 1);
  image.pixels = {1, 2, 3, 4, 5, 6, 7, 8};
  auto spec = input(2, 2, package::Resize::crop_center);
  spec.color = package::ColorOrder::grey;
  std::vector<float> tensor;
  const Mapping mapping = Preprocessor(spec).run(image, tensor);
  EXPECT_EQ(tensor, (std::vector<float>{2, 3, 6, 7}));
  const auto box = mapping.to_picture({0, 0, 1, 1});
  ASSERT_TRUE(box);
  EXPECT_DOUBLE_EQ(box->left, 1);
  EXPECT_DOUBLE_EQ(box->top, 0);
}

TEST(Mapping, ClipsToThePictureAndDropsWhatIsOutside) {
  Mapping mapping;
  mapping.picture_width = 100;
  mapping.picture_height = 50;
  const auto box = mapping.to_picture({-5, -5, 200, 20});
  ASSERT_TRUE(box);
  EXPECT_DOUBLE_EQ(box->left, 0);
  EXPECT_DOUBLE_EQ(box->width, 100);
  EXPECT_DOUBLE_EQ(box->height, 15);
  EXPECT_FALSE(mapping.to_picture({100, 0, 10, 10}));
  EXPECT_FALSE(mapping.to_picture({0, 0, -1, 10}));
}

} // namespace
} // namespace mlopsctl::inference
