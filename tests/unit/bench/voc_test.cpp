// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/voc.hpp"
#include "shared_sets.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using testing::OwnedSet;

TruthBox truth(dataset::Box box, bool is_difficult = false) {
  return {0, 0, box, box.area(), false, is_difficult};
}

double map_of(const OwnedSet& set, VocCurve curve, double iou) {
  return voc_metrics(set.view(), curve, iou).map.value_or(-1);
}

TEST(IouInclusive, CountsBothEdges) {
  // Pixels 0..9 and 5..14 in one direction: 5 of 15 columns are shared.
  EXPECT_DOUBLE_EQ(iou_inclusive({0, 0, 9, 9}, {5, 0, 9, 9}), 50.0 / 150);
  EXPECT_DOUBLE_EQ(iou_inclusive({0, 0, 9, 9}, {9, 0, 9, 9}), 10.0 / 190) << "one shared column";
  EXPECT_EQ(iou_inclusive({0, 0, 9, 9}, {10, 0, 9, 9}), 0);
}

TEST(VocMetrics, CurvesByHand) {
  // Right, wrong, right of two: recall .5 .5 1, precision 1 1/2 2/3.
  const OwnedSet set{
      1,
      1,
      {truth({0, 0, 50, 50}), truth({200, 0, 50, 50})},
      {{0, 0, 0.9, {0, 0, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}, {0, 0, 0.7, {200, 0, 50, 50}}}};
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.5), 0.5 + 0.5 * 2 / 3, 1e-12);
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.5), (6 + 5 * 2 / 3.0) / 11, 1e-12);
}

TEST(VocMetrics, DifficultObjectsCountNeitherWay) {
  OwnedSet set{1, 1, {truth({0, 0, 50, 50}), truth({200, 0, 50, 50}, true)}, {}};
  set.detections = {{0, 0, 0.9, {200, 0, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}};
  EXPECT_EQ(map_of(set, VocCurve::all_points, 0.5), 1);
  set.truths = {truth({200, 0, 50, 50}, true)};
  EXPECT_FALSE(voc_metrics(set.view(), VocCurve::all_points, 0.5).map) << "nothing to find";
}

TEST(VocMetrics, TheLargestOverlapDecidesEvenIfItIsTaken) {
  // The second detection overlaps the found object most; the other object is not considered.
  const OwnedSet set{1,
                     1,
                     {truth({0, 0, 100, 100}), truth({0, 30, 100, 100})},
                     {{0, 0, 0.9, {0, 0, 100, 100}}, {0, 0, 0.8, {0, 10, 100, 100}}}};
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.5), 0.5, 1e-12);
}

TEST(VocMetrics, ReviewMetricsTable) {
  const std::string folder = "data/real/map-groundtruth/review-metrics/tests/test_case_1";
  NEED_SHARED(folder);
  const std::string base = MLOPSCTL_SHARED "/" + folder;
  const auto set = testing::text_set(base + "/gts", base + "/dets");
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.1), 0.3333333333, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.3), 0.2683982683, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.5), 0.0303030303, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.75), 0, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.1), 0.3371980676, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.3), 0.2456866804, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.5), 0.0222222222, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.75), 0, 1e-10);
}

TEST(VocMetrics, ObjectDetectionMetrics) {
  const std::string folder = "data/real/map-groundtruth/object-detection-metrics";
  NEED_SHARED(folder);
  const std::string base = MLOPSCTL_SHARED "/" + folder;
  const auto set = testing::text_set(base + "/groundtruths", base + "/detections");
  EXPECT_NEAR(map_of(set, VocCurve::all_points, 0.3), 0.2456866804, 1e-10);
  EXPECT_NEAR(map_of(set, VocCurve::eleven_points, 0.3), 0.2683982683, 1e-10);
}

} // namespace
} // namespace mlopsctl::bench
