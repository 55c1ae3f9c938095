// SPDX-License-Identifier: Apache-2.0
#include "dataset/merge.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::dataset {
namespace {

Annotation scored(const char* label, double score, Box box) {
  Annotation annotation;
  annotation.label = label;
  annotation.score = score;
  annotation.box = box;
  return annotation;
}

TEST(Merge, WeightedAveragesCornersByScore) {
  const auto merged =
      merge_detections({{scored("dog", 0.9, {0, 0, 10, 10})}, {scored("dog", 0.3, {2, 0, 10, 10})}},
                       MergeMethod::weighted, 0.5);
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_NEAR(merged[0].box.left, 0.5, 1e-12); // (0.9*0 + 0.3*2) / 1.2
  EXPECT_NEAR(merged[0].box.right(), 10.5, 1e-12);
  EXPECT_NEAR(*merged[0].score, 0.6, 1e-12);
}

TEST(Merge, WhatOneDetectorAloneSawCountsLess) {
  const auto merged =
      merge_detections({{scored("dog", 0.8, {0, 0, 10, 10})}, {}}, MergeMethod::weighted, 0.5);
  EXPECT_NEAR(*merged.at(0).score, 0.4, 1e-12);
}

TEST(Merge, BestKeepsTheBestBox) {
  const auto merged =
      merge_detections({{scored("dog", 0.3, {2, 0, 10, 10})}, {scored("dog", 0.9, {0, 0, 10, 10})}},
                       MergeMethod::best, 0.5);
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged[0].box.left, 0);
  EXPECT_EQ(merged[0].score, 0.9);
}

TEST(Merge, OtherClassesAndPlacesStayApart) {
  EXPECT_EQ(
      merge_detections({{scored("dog", 0.9, {0, 0, 10, 10}), scored("cat", 0.8, {0, 0, 10, 10}),
                         scored("dog", 0.7, {30, 0, 10, 10})}},
                       MergeMethod::weighted, 0.55)
          .size(),
      3U);
}

} // namespace
} // namespace mlopsctl::dataset
