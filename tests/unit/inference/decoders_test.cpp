// SPDX-License-Identifier: Apache-2.0
// Each decoder on tensors made by hand, with the answer worked out beside them.
#include "core/error.hpp"
#include "inference/decoders.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mlopsctl::inference {
namespace {

using testing::HasSubstr;

package::ModelSpec spec_for(const std::string& kind, int width, int height,
                            std::vector<std::string> labels) {
  package::ModelSpec spec;
  spec.decoder.kind = kind;
  spec.input.width = width;
  spec.input.height = height;
  spec.labels = std::move(labels);
  spec.task = kind == "classification" ? package::Task::classification
              : kind == "embedding"    ? package::Task::embedding
                                       : package::Task::detection;
  return spec;
}

/// Tensors that own their data.
struct Outputs {
  std::vector<std::vector<float>> data;
  std::vector<TensorInfo> infos;

  std::vector<float>& add(const std::string& name, std::vector<std::int64_t> shape,
                          float value = 0) {
    std::size_t count = 1;
    for (const auto size : shape)
      count *= static_cast<std::size_t>(size);
    infos.push_back({name, "float32", std::move(shape)});
    data.reserve(16);
    return data.emplace_back(count, value);
  }
  std::vector<Tensor> tensors() const {
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < infos.size(); ++i)
      result.push_back({infos[i].name, infos[i].shape, data[i]});
    return result;
  }
};

Decoded decode(const package::ModelSpec& spec, const Outputs& outputs, double threshold,
               bool is_multi_label = false) {
  const auto& decoder = find_decoder(spec);
  decoder.check(spec, outputs.infos);
  Decoded result;
  decoder.decode(spec, outputs.tensors(), {threshold, is_multi_label}, result);
  return result;
}

std::string refusal(const package::ModelSpec& spec, const Outputs& outputs) {
  return error_of([&] { decode(spec, outputs, 0.1); }, Fault::input);
}

void expect_box(const dataset::Box& box, double left, double top, double right, double bottom) {
  EXPECT_NEAR(box.left, left, 1e-4);
  EXPECT_NEAR(box.top, top, 1e-4);
  EXPECT_NEAR(box.right(), right, 1e-4);
  EXPECT_NEAR(box.bottom(), bottom, 1e-4);
}

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

/// Three anchors: two that overlap by 1/3, one far away. Two classes.
struct Ssd {
  package::ModelSpec spec = spec_for("mxnet-ssd", 100, 200, {"cat", "dog"});
  package::SsdModel model;
  Outputs outputs;

  Ssd() {
    model.classes = 2;
    model.anchors = {{0, 0, 0.4F, 0.4F}, {0.2F, 0, 0.6F, 0.4F}, {0.6F, 0.6F, 1, 1}};
    spec.decoder.nms = {0.45, true, 100};
    auto& classes = outputs.add("cls_pred", {1, 3, 3});
    // rows: background, cat, dog; columns: anchors. Probabilities are e^x / sum.
    classes = {9, 0, 0, /**/ 2, 0, 3, /**/ 1, 5, 0};
    outputs.add("loc_pred", {1, 12});
  }
  std::vector<dataset::Detection> decode(double threshold) const {
    const auto& decoder = find_decoder(spec);
    decoder.check(spec, outputs.infos);
    Decoded result;
    decoder.decode(spec, outputs.tensors(), {threshold, false, &model}, result);
    return result.candidates;
  }
};

TEST(MxnetSsd, TheBestOfTheForegroundCountsEvenBelowTheBackground) {
  const Ssd ssd;
  const auto found = ssd.decode(0.0001);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].class_id, 1); // e^5 / (1 + 1 + e^5)
  EXPECT_NEAR(found[0].score, std::exp(5) / (2 + std::exp(5)), 1e-6);
  EXPECT_EQ(found[1].class_id, 0);
  EXPECT_EQ(found[2].class_id, 0);
  EXPECT_NEAR(found[2].score, std::exp(2) / (std::exp(9) + std::exp(2) + std::exp(1)), 1e-7);
  EXPECT_EQ(ssd.decode(0.01).size(), 2U);
}

TEST(MxnetSsd, BoxesAreOffsetsFromTheirAnchors) {
  Ssd ssd;
  ssd.outputs.data[1] = {0, 0, 0, 0, /**/ 1, -1, 0, 0, /**/ 0, 0, 5 * std::log(2.0F), 0};
  const auto found = ssd.decode(0.1);
  ASSERT_EQ(found.size(), 2U);
  // the middle moves by 0.1 of the anchor's size: (0.2 + 0.04, 0 - 0.04), clipped at the top
  EXPECT_NEAR(found[0].box.left, 24, 1e-4);
  EXPECT_NEAR(found[0].box.top, 0, 1e-4);
  EXPECT_NEAR(found[0].box.right(), 64, 1e-4);
  EXPECT_NEAR(found[0].box.bottom(), 72, 1e-4);
  // twice as wide around 0.8: 0.4 to 1.2, clipped at 1
  EXPECT_NEAR(found[1].box.left, 40, 1e-4);
  EXPECT_NEAR(found[1].box.right(), 100, 1e-4);
}

TEST(MxnetSsd, AnOverlapThatEqualsTheThresholdSuppresses) {
  Ssd ssd;
  ssd.model.anchors[1] = {0.25F, 0, 0.75F, 0.5F};
  ssd.model.anchors[0] = {0, 0, 0.5F, 0.5F};
  ssd.outputs.data[0] = {0, 0, 0, /**/ 4, 5, 0, /**/ 0, 0, 6}; // both cats
  ssd.spec.decoder.nms.iou = 1.0 / 3;                          // exactly their overlap, as float
  EXPECT_EQ(ssd.decode(0.5).size(), 2U);
  ssd.spec.decoder.nms.iou = 0.34;
  EXPECT_EQ(ssd.decode(0.5).size(), 3U);
}

TEST(MxnetSsd, OtherClassesSuppressOnlyByForceAndTopkComesFirst) {
  Ssd ssd;
  ssd.outputs.data[0] = {0, 0, 0, /**/ 4, 0, 0, /**/ 0, 5, 6}; // a cat and a dog overlap
  ssd.spec.decoder.nms.iou = 0.3;
  EXPECT_EQ(ssd.decode(0.5).size(), 3U);
  ssd.spec.decoder.nms.per_class = false;
  EXPECT_EQ(ssd.decode(0.5).size(), 2U);
  ssd.spec.decoder.nms.per_class = true;
  ssd.model.nms_topk = 1;
  const auto found = ssd.decode(0.5);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].box.left, 60, 1e-4);
}

TEST(MxnetSsd, RefusesOtherShapesAndModels) {
  Ssd ssd;
  ssd.spec.labels = {"cat"};
  EXPECT_THAT(refusal(ssd.spec, ssd.outputs), HasSubstr("mxnet-ssd"));
  ssd = Ssd();
  Decoded result;
  EXPECT_THROW(find_decoder(ssd.spec).decode(ssd.spec, ssd.outputs.tensors(), {0.1, false}, result),
               Error);
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

TEST(YoloEnd2end, BothLayoutsAreFinalAndComeBestFirst) {
  const auto spec = spec_for("yolo-end2end", 640, 640, {"cat", "dog"});
  Outputs ten;
  ten.add("output0", {1, 3, 6}) = {10, 20,   30, 60,     0.4F, 1, /**/ 1, 2, 3,
                                   4,  0.9F, 0,  /**/ 0, 0,    0, 0,      0, 0};
  const auto found = decode(spec, ten, 0.3).candidates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 0);
  EXPECT_EQ(found[1].class_id, 1);
  EXPECT_EQ(found[1].box.left, 10);
  EXPECT_EQ(found[1].box.width, 20);
  EXPECT_EQ(found[1].box.height, 40);
  EXPECT_TRUE(find_decoder(spec).does_nms);
  Outputs seven;
  seven.add("output", {1, 7}) = {0, 10, 20, 30, 60, 1, 0.5F};
  const auto same = decode(spec, seven, 0.3).candidates;
  ASSERT_EQ(same.size(), 1U);
  EXPECT_EQ(same[0].class_id, 1);
  EXPECT_EQ(same[0].box.height, 40);
  Outputs none; // nothing found: the graph says so with a size of 0
  none.add("output", {0, 7});
  EXPECT_TRUE(decode(spec, none, 0.3).candidates.empty());
  seven.data[0][5] = 2;
  EXPECT_THROW(decode(spec, seven, 0.3), Error); // a class without a label
  seven.data[0] = {0, 30, 20, 10, 60, 1, 0.5F};
  EXPECT_THROW(decode(spec, seven, 0.3), Error); // right before left
}

TEST(Detr, NoObjectIsTheLastColumn) {
  const auto spec = spec_for("detr", 100, 200, {"cat", "dog"});
  Outputs outputs;
  outputs.add("logits", {1, 3, 3}) = {1, 0, 9, /**/ 0, 3, 0, /**/ 5, 0, 0};
  outputs.add("pred_boxes", {1, 3, 4}) = {0.5F, 0.5F, 1,         1,    /**/ 0.5F, 0.25F,
                                          0.2F, 0.1F, /**/ 0.1F, 0.1F, 0.1F,      0.1F};
  const auto found = decode(spec, outputs, 0.5).candidates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 0);
  EXPECT_NEAR(found[0].score, std::exp(5) / (std::exp(5) + 2), 1e-9);
  EXPECT_EQ(found[1].class_id, 1);
  EXPECT_NEAR(found[1].score, std::exp(3) / (std::exp(3) + 2), 1e-9);
  EXPECT_NEAR(found[1].box.left, 40, 1e-5);
  EXPECT_NEAR(found[1].box.top, 40, 1e-5);
  EXPECT_NEAR(found[1].box.width, 20, 1e-5);
  EXPECT_NEAR(found[1].box.height, 20, 1e-5);
  EXPECT_THAT(refusal(spec_for("detr", 100, 200, {"cat", "dog", "cow"}), outputs),
              HasSubstr("the graph has 2 classes, model.yaml names 3 labels"));
}

TEST(LabelledBoxes, TorchvisionIsInPixelsAndClassOneIsTheFirstLabel) {
  const auto spec = spec_for("torchvision", 100, 200, {"cat", "dog"});
  Outputs outputs;
  outputs.add("boxes", {2, 4}) = {1, 2, 11, 22, /**/ 5, 5, 6, 7};
  outputs.add("labels", {2}) = {2, 1};
  outputs.add("scores", {2}) = {0.6F, 0.9F};
  const auto found = decode(spec, outputs, 0.5).candidates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 0);
  EXPECT_EQ(found[1].class_id, 1);
  EXPECT_EQ(found[1].box.left, 1);
  EXPECT_EQ(found[1].box.height, 20);
  outputs.data[1] = {3, 1};
  EXPECT_THROW(decode(spec, outputs, 0.5), Error);
  Outputs none;
  none.add("boxes", {0, 4});
  none.add("labels", {0});
  none.add("scores", {0});
  EXPECT_TRUE(decode(spec, none, 0.5).candidates.empty());
}

TEST(LabelledBoxes, SsdIsRelativeInTwoOrders) {
  const auto spec = spec_for("ssd", 100, 200, {"cat", "dog"});
  Outputs zoo;
  zoo.add("bboxes", {1, 2, 4}) = {0.1F, 0.2F, 0.3F, 0.4F, /**/ 0, 0, 0, 0};
  zoo.add("labels", {1, 2}) = {1, 0};
  zoo.add("scores", {1, 2}) = {0.9F, 0.9F};
  auto found = decode(spec, zoo, 0.5).candidates;
  ASSERT_EQ(found.size(), 1U); // the other is padding
  EXPECT_EQ(found[0].class_id, 0);
  EXPECT_NEAR(found[0].box.left, 10, 1e-4);
  EXPECT_NEAR(found[0].box.top, 40, 1e-4);
  Outputs tensorflow;
  tensorflow.add("detection_classes", {1, 1}) = {2};
  tensorflow.add("detection_boxes", {1, 1, 4}) = {0.1F, 0.2F, 0.3F, 0.4F};
  tensorflow.add("detection_scores", {1, 1}) = {0.9F};
  tensorflow.add("num_detections", {1}) = {1};
  found = decode(spec, tensorflow, 0.5).candidates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].box.left, 20, 1e-4);
  EXPECT_NEAR(found[0].box.top, 20, 1e-4);
  EXPECT_THAT(refusal(spec_for("ssd", 1, 1, {"a"}), Outputs{}),
              HasSubstr("needs an output 'bboxes'"));
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
