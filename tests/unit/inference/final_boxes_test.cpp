// SPDX-License-Identifier: Apache-2.0
// Decoders of graphs that give boxes which only have to be named and placed.
#include "tests/unit/inference/decoding.hpp"

namespace mlopsctl::inference {
namespace {

using testing::HasSubstr;

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

} // namespace
} // namespace mlopsctl::inference
