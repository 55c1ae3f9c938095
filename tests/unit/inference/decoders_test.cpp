// SPDX-License-Identifier: Apache-2.0
// Each decoder on tensors made by hand, with the answer worked out beside them.
#include "tests/unit/inference/decoding.hpp"

#include <cmath>
#include <limits>

namespace mlopsctl::inference {
namespace {

using testing::HasSubstr;

TEST(Yolov8, CentreAndSizeBecomeABoxAndTheBestClassWins) {
  const auto spec = spec_for("yolov8", 64, 64, {"a", "b"});
  Outputs outputs;
  auto& rows = outputs.add("output0", {1, 6, 3});
  //      place:   0     1     2
  rows = {/* x */ 20,   40,   1, /* y */ 30,   10,   1, /* w */ 10, 4, 1, /* h */ 20, 8, 1,
          /* a */ 0.2F, 0.6F, 0, /* b */ 0.9F, 0.5F, 0};
  const auto found = decode(spec, outputs, 0.3).candidates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].score, 0.9, 1e-6);
  expect_box(found[0].box, 15, 20, 25, 40);
  EXPECT_EQ(found[1].class_id, 0);
  expect_box(found[1].box, 38, 6, 42, 14);
  EXPECT_EQ(decode(spec, outputs, 0.3, true).candidates.size(), 3U); // place 1 is a and b
  EXPECT_EQ(decode(spec, outputs, 0.1, true).candidates.size(), 4U);
}

TEST(Yolov8, RefusesOtherShapesAndLabelCounts) {
  Outputs outputs;
  outputs.add("output0", {1, 6, 3});
  EXPECT_THAT(refusal(spec_for("yolov8", 64, 64, {"a", "b", "c"}), outputs),
              HasSubstr("the graph has 2 classes, model.yaml names 3 labels; the graph has "
                        "'output0' 1x6x3"));
  Outputs two;
  two.add("x", {1, 6, 3});
  two.add("y", {1, 6, 3});
  EXPECT_THAT(refusal(spec_for("yolov8", 64, 64, {"a", "b"}), two), HasSubstr("one output"));
  Outputs flat;
  flat.add("x", {18});
  EXPECT_THAT(refusal(spec_for("yolov8", 64, 64, {"a", "b"}), flat),
              HasSubstr("1x(4 + classes)xN"));
}

TEST(Yolov8, RefusesRawScores) {
  Outputs outputs;
  outputs.add("output0", {1, 6, 1}, 7.5F);
  EXPECT_THAT(refusal(spec_for("yolov8", 64, 64, {"a", "b"}), outputs),
              HasSubstr("output 'output0' holds a score of 7.5, which is above 1"));
}

TEST(Fastestdet, ObjectnessAndClassAreWeighed) {
  const auto spec = spec_for("fastestdet", 352, 352, {"a", "b"});
  Outputs outputs;
  auto& planes = outputs.add("758", {1, 7, 2, 2});
  const auto at = [&](std::size_t plane, std::size_t row, std::size_t column) -> float& {
    return planes[plane * 4 + row * 2 + column];
  };
  at(0, 1, 0) = 0.81F; // objectness of row 1, column 0
  at(1, 1, 0) = 0.5F;
  at(2, 1, 0) = -0.5F;
  at(3, 1, 0) = 0; // sigmoid: half the picture
  at(4, 1, 0) = std::log(0.25F / 0.75F);
  at(5, 1, 0) = 0.3F;
  at(6, 1, 0) = 0.64F;
  const auto found = decode(spec, outputs, 0.5).candidates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].score, std::pow(0.81, 0.6) * std::pow(0.64, 0.4), 1e-6);
  const double x = (0 + std::tanh(0.5)) / 2 * 352, y = (1 + std::tanh(-0.5)) / 2 * 352;
  expect_box(found[0].box, x - 88, y - 44, x + 88, y + 44);
  EXPECT_THAT(refusal(spec_for("fastestdet", 352, 352, {"a"}), outputs),
              HasSubstr("2 classes, model.yaml names 1 labels"));
}

TEST(Nanodet, DistributionsBecomeDistances) {
  const auto spec = spec_for("nanodet", 64, 32, {"a", "b", "c"});
  Outputs outputs;
  auto& classes = outputs.add("792", {1, 32, 3}); // stride 8: 8x4 places
  auto& sides = outputs.add("795", {1, 32, 32});  // 4 sides of 8 bins
  outputs.add("814", {1, 8, 3});                  // stride 16
  outputs.add("817", {1, 8, 32});
  const std::size_t place = 1 * 8 + 2; // row 1, column 2: centre (20, 12)
  classes[place * 3 + 2] = 0.7F;
  const std::size_t bins[4] = {1, 0, 2, 1}; // left, top, right, bottom in strides
  for (std::size_t side = 0; side < 4; ++side)
    sides[(place * 4 + side) * 8 + bins[side]] = 100; // softmax: all there
  auto found = decode(spec, outputs, 0.35).candidates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].class_id, 2);
  expect_box(found[0].box, 20 - 8, 12 - 0, 20 + 16, 12 + 8);
  sides[place * 32 + 3] = 100; // left: half at 1, half at 3, so 2 strides
  found = decode(spec, outputs, 0.35).candidates;
  expect_box(found[0].box, 20 - 16, 12, 20 + 16, 12 + 8);
}

TEST(Nanodet, RefusesOtherCounts) {
  Outputs outputs;
  outputs.add("c", {1, 32, 3});
  outputs.add("d", {1, 32, 32});
  EXPECT_EQ(refusal(spec_for("nanodet", 64, 32, {"a", "b", "c"}), outputs), k_no_error);
  EXPECT_THAT(refusal(spec_for("nanodet", 64, 32, {"a", "b"}), outputs),
              HasSubstr("no output of stride 8 has 32 places and 2 classes"));
  EXPECT_THAT(refusal(spec_for("nanodet", 128, 32, {"a", "b", "c"}), outputs),
              HasSubstr("for a 128x32 input"));
}

TEST(Ultraface, CornersAreRelativeToThePicture) {
  const auto spec = spec_for("ultraface", 320, 240, {"face"});
  Outputs outputs;
  outputs.add("boxes", {1, 2, 4}) = {0.25F, 0.5F, 0.5F, 0.75F, 0, 0, 1, 1};
  outputs.add("scores", {1, 2, 2}) = {0.1F, 0.9F, 0.8F, 0.2F};
  const auto found = decode(spec, outputs, 0.7).candidates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].score, 0.9, 1e-6);
  expect_box(found[0].box, 80, 120, 160, 180);
  EXPECT_THAT(refusal(spec_for("ultraface", 320, 240, {"face", "hand"}), outputs),
              HasSubstr("1 classes, model.yaml names 2 labels"));
  outputs.infos[0].name = "box";
  EXPECT_THAT(refusal(spec, outputs), HasSubstr("needs an output 'boxes'"));
}

TEST(Yunet, CellsOfThreeStrides) {
  const auto spec = spec_for("yunet", 64, 32, {"face"});
  Outputs outputs;
  for (const int stride : {8, 16, 32}) {
    const std::int64_t count = (64 / stride) * (32 / stride);
    const auto name = [&](const char* part) { return part + std::to_string(stride); };
    outputs.add(name("cls_"), {1, count, 1});
    outputs.add(name("obj_"), {1, count, 1});
    outputs.add(name("bbox_"), {1, count, 4});
  }
  outputs.data[3][5] = 0.81F; // stride 16: row 1, column 1
  outputs.data[4][5] = 1;
  const float box[4] = {0.5F, 0.25F, std::log(2.0F), 0};
  std::copy(box, box + 4, outputs.data[5].begin() + 5 * 4);
  const auto found = decode(spec, outputs, 0.6).candidates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].score, 0.9, 1e-6);
  expect_box(found[0].box, 24 - 16, 20 - 8, 24 + 16, 20 + 8);
  EXPECT_THAT(refusal(spec_for("yunet", 32, 32, {"face"}), outputs),
              HasSubstr("output 'cls_8' is 1x32x1, not 16x1"));
  EXPECT_THAT(refusal(spec_for("yunet", 64, 32, {"a", "b"}), outputs), HasSubstr("2 labels"));
}

TEST(Classification, RawScoresGoThroughSoftmaxAndProbabilitiesDoNot) {
  const auto spec = spec_for("classification", 8, 8, {"a", "b", "c"});
  Outputs outputs;
  auto& values = outputs.add("y", {1, 3});
  values = {1, 3, -500};
  auto classes = decode(spec, outputs, 0).classes;
  ASSERT_EQ(classes.size(), 3U);
  EXPECT_NEAR(classes[0].score, 1 / (1 + std::exp(2.0)), 1e-9);
  EXPECT_NEAR(classes[1].score, 1 / (1 + std::exp(-2.0)), 1e-9);
  EXPECT_NEAR(classes[2].score, 0, 1e-9);
  values = {0.25F, 0.5F, 0.25F};
  classes = decode(spec, outputs, 0).classes;
  EXPECT_EQ(classes[1].score, 0.5);
  EXPECT_THAT(refusal(spec_for("classification", 8, 8, {"a"}), outputs),
              HasSubstr("the graph has 3 classes, model.yaml names 1 labels"));
}

TEST(Decoders, TableFindsKindsAndSuggests) {
  EXPECT_EQ(find_decoder(spec_for("nanodet", 8, 8, {})).kind, "nanodet");
  EXPECT_THAT(error_of([&] { find_decoder(spec_for("yolo8", 8, 8, {})); }),
              HasSubstr("no decoder 'yolo8', did you mean 'yolov8'?"));
  auto spec = spec_for("yolov8", 8, 8, {});
  spec.task = package::Task::classification;
  EXPECT_THROW(find_decoder(spec), Error);
}

TEST(Decoders, NamesTheOutputThatIsNotFinite) {
  Outputs outputs;
  outputs.add("fine", {2});
  outputs.add("boxes", {1, 4})[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of([&] { check_finite(outputs.tensors(), "model"); }),
            "model: output 'boxes': value 2 of 4 is not a finite number");
  outputs.data[1][2] = -std::numeric_limits<float>::infinity();
  EXPECT_THROW(check_finite(outputs.tensors(), "model"), Error);
  outputs.data[1][2] = std::numeric_limits<float>::max();
  EXPECT_NO_THROW(check_finite(outputs.tensors(), "model"));
}

TEST(Yolov5, AScoreIsTheObjectsTimesTheClasss) {
  const auto spec = spec_for("yolov5", 640, 640, {"cat", "dog"});
  Outputs outputs;
  outputs.add("output0", {1, 3, 7}) = {100, 50, 20, 10, 0.5F,  0.2F, 0.8F, /* 0.1 and 0.4 */
                                       300, 60, 40, 30, 0.9F,  0.9F, 0.9F, /* equal: the first */
                                       10,  10, 4,  4,  0.05F, 1,    1};
  const auto found = decode(spec, outputs, 0.3).candidates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].score, 0.4, 1e-6);
  EXPECT_EQ(found[0].box.left, 90);
  EXPECT_EQ(found[0].box.top, 45);
  EXPECT_EQ(found[0].box.width, 20);
  EXPECT_EQ(found[0].box.height, 10);
  EXPECT_EQ(found[1].class_id, 0);
  EXPECT_NEAR(found[1].score, 0.81, 1e-6);
  EXPECT_EQ(decode(spec, outputs, 0.3, true).candidates.size(), 3U); // both classes of the second
  EXPECT_THAT(refusal(spec_for("yolov5", 640, 640, {"cat"}), outputs),
              HasSubstr("the graph has 2 classes, model.yaml names 1 labels"));
}

TEST(Embedding, HasLengthOne) {
  const auto spec = spec_for("embedding", 112, 112, {});
  Outputs outputs;
  outputs.add("output", {1, 3}) = {3, 0, -4};
  const auto vector = decode(spec, outputs, 0).embedding;
  ASSERT_EQ(vector.size(), 3U);
  EXPECT_DOUBLE_EQ(vector[0], 0.6);
  EXPECT_DOUBLE_EQ(vector[1], 0);
  EXPECT_DOUBLE_EQ(vector[2], -0.8);
  outputs.data[0] = {0, 0, 0};
  EXPECT_THROW(decode(spec, outputs, 0), Error);
  outputs.add("more", {1, 3});
  EXPECT_THAT(refusal(spec, outputs), HasSubstr("needs a graph with one output"));
}

} // namespace
} // namespace mlopsctl::inference
