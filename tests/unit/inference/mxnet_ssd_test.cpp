// SPDX-License-Identifier: Apache-2.0
// MXNet SSD: anchors, offsets and suppression worked out by hand.
#include "tests/unit/inference/decoding.hpp"

namespace mlopsctl::inference {
namespace {

using testing::HasSubstr;

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

TEST(MxnetSsd, AnOnnxFileGivesProbabilitiesAndCorners) {
  auto spec = spec_for("mxnet-ssd", 100, 200, {"cat", "dog"});
  spec.decoder.nms = {0.45, false, 2};
  Outputs outputs;
  outputs.add("boxes", {1, 4, 4}) = {0,    0, 0.5F, 0.5F, /**/ 0, 0, 0.5F, 0.45F,
                                     0.6F, 0, 1,    1,    /**/ 0, 0, 0.1F, 0.1F};
  // background, cat, dog of each place
  outputs.add("cls_prob", {1, 4, 3}) = {0.1F, 0.7F, 0.2F, /**/ 0.1F, 0,    0.9F,
                                        0.6F, 0.4F, 0,    /**/ 0.5F, 0.2F, 0.3F};
  find_decoder(spec).check(spec, outputs.infos);
  const auto decode = [&] {
    Decoded result;
    find_decoder(spec).decode(spec, outputs.tensors(), {0.25, false, nullptr}, result);
    return result.candidates;
  };
  auto found = decode(); // of the best two the dog covers the cat
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_NEAR(found[0].box.width, 50, 1e-4);
  EXPECT_NEAR(found[0].box.height, 90, 1e-4);
  spec.decoder.nms.max_detections = 4;
  found = decode();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[1].class_id, 0); // though the background is more likely
  EXPECT_NEAR(found[1].box.left, 60, 1e-4);
  spec.labels = {"cat"};
  EXPECT_THAT(refusal(spec, outputs), HasSubstr("mxnet-ssd"));
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

} // namespace
} // namespace mlopsctl::inference
