// SPDX-License-Identifier: Apache-2.0
#include "inference/nms.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::inference {
namespace {

// IoU of {0,0,10,10} and {0,5,10,10} is 50 / 150.
const dataset::Box k_upper{0, 0, 10, 10}, k_lower{0, 5, 10, 10}, k_apart{50, 50, 10, 10};

package::NmsSpec rules(double iou, bool per_class) {
  package::NmsSpec spec;
  spec.iou = iou;
  spec.per_class = per_class;
  return spec;
}

TEST(Nms, TheBetterOfTwoThatOverlapStays) {
  const auto kept =
      nms({{0, 0.5, k_upper}, {0, 0.9, k_lower}, {0, 0.1, k_apart}}, rules(0.3, true), 10);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].score, 0.9);
  EXPECT_EQ(kept[1].score, 0.1);
}

TEST(Nms, OnlyAboveTheThreshold) {
  EXPECT_EQ(nms({{0, 0.5, k_upper}, {0, 0.9, k_lower}}, rules(50.0 / 150, true), 10).size(), 2U);
  EXPECT_EQ(nms({{0, 0.5, k_upper}, {0, 0.9, k_lower}}, rules(0.33, true), 10).size(), 1U);
}

TEST(Nms, ClassesCompeteOnlyIfAsked) {
  EXPECT_EQ(nms({{0, 0.5, k_upper}, {1, 0.9, k_lower}}, rules(0.3, true), 10).size(), 2U);
  EXPECT_EQ(nms({{0, 0.5, k_upper}, {1, 0.9, k_lower}}, rules(0.3, false), 10).size(), 1U);
}

TEST(Nms, EqualScoresKeepTheirOrder) {
  const auto kept = nms({{0, 0.5, k_upper}, {0, 0.5, k_lower}}, rules(0.3, true), 10);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].box.top, 0);
}

TEST(Nms, StopsAtTheLimitAndSurvivesNothing) {
  EXPECT_EQ(nms({{0, 0.5, k_upper}, {0, 0.4, k_apart}}, rules(0.3, true), 1).size(), 1U);
  EXPECT_TRUE(nms({}, rules(0.3, true), 10).empty());
}

} // namespace
} // namespace mlopsctl::inference
