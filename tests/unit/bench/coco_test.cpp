// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/coco.hpp"
#include "shared_sets.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using testing::OwnedSet;

Metric metric(const CocoResult& result, const std::string& name) {
  for (const auto& [key, value] : result.metrics)
    if (key == name)
      return value;
  ADD_FAILURE() << "no metric " << name;
  return std::nullopt;
}

TruthBox truth(std::int32_t image, dataset::Box box, bool is_crowd = false) {
  return {image, 0, box, box.area(), is_crowd, false};
}

OwnedSet one_image(std::vector<TruthBox> truths, std::vector<ScoredBox> detections) {
  return {1, 1, std::move(truths), std::move(detections)};
}

void expect_metrics(const CocoResult& result, const std::vector<double>& wanted, double tolerance) {
  ASSERT_EQ(result.metrics.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_TRUE(result.metrics[i].second) << result.metrics[i].first;
    EXPECT_NEAR(*result.metrics[i].second, wanted[i], tolerance) << result.metrics[i].first;
  }
}

TEST(Linspace, EqualsNumpyBitForBit) {
  EXPECT_EQ(linspace(0, 1, 11)[6], 0.6000000000000001);
  EXPECT_EQ(linspace(0, 1, 11)[10], 1.0);
  EXPECT_EQ(linspace(0, 1, 101)[29], 0.29);
  EXPECT_EQ(linspace(0.5, 0.95, 10)[9], 0.95);
  EXPECT_EQ(linspace(0.5, 0.95, 10)[2], 0.6);
}

TEST(CocoMetrics, APerfectDetectorHasOne) {
  const auto set = one_image({truth(0, {10, 10, 50, 50})}, {{0, 0, 0.9, {10, 10, 50, 50}}});
  const auto result = coco_metrics(set.view());
  EXPECT_NEAR(*metric(result, "map_50_95"), 1, 1e-12);
  EXPECT_NEAR(*metric(result, "map_medium"), 1, 1e-12);
  EXPECT_EQ(metric(result, "ar_1"), 1.0);
  EXPECT_EQ(metric(result, "map_small"), std::nullopt) << "no small object: undefined, not 0";
  EXPECT_EQ(metric(result, "ar_large"), std::nullopt);
  EXPECT_NEAR(*result.per_class[0].ap_75, 1, 1e-12);
}

TEST(CocoMetrics, NoDetectionIsZeroAndNoTruthIsUndefined) {
  EXPECT_EQ(metric(coco_metrics(one_image({truth(0, {0, 0, 50, 50})}, {}).view()), "map_50"), 0.0);
  EXPECT_EQ(metric(coco_metrics(one_image({}, {{0, 0, 0.9, {0, 0, 50, 50}}}).view()), "map_50"),
            std::nullopt);
}

TEST(CocoMetrics, IouDecidesTheThresholdsThatCount) {
  // 50x50 against 50x40 inside it: IoU 0.8 passes 0.5, 0.55 ... 0.8, which is 7 of 10.
  const auto set = one_image({truth(0, {0, 0, 50, 50})}, {{0, 0, 0.9, {0, 0, 50, 40}}});
  const auto result = coco_metrics(set.view());
  EXPECT_NEAR(*metric(result, "map_50_95"), 0.7, 1e-12);
  EXPECT_NEAR(*metric(result, "ar_100"), 0.7, 1e-12);
}

TEST(CocoMetrics, ASecondBoxOnOneObjectIsWrong) {
  const auto first_wrong = one_image(
      {truth(0, {0, 0, 50, 50})}, {{0, 0, 0.5, {0, 0, 50, 50}}, {0, 0, 0.9, {200, 200, 50, 50}}});
  EXPECT_NEAR(*metric(coco_metrics(first_wrong.view()), "map_50"), 0.5, 1e-12);
  const auto second_wrong = one_image(
      {truth(0, {0, 0, 50, 50}), truth(0, {300, 0, 50, 50})},
      {{0, 0, 0.9, {0, 0, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}, {0, 0, 0.7, {300, 0, 50, 50}}});
  // Precision 1 up to recall 0.5 (51 points), then 2/3 (50 points).
  EXPECT_NEAR(*metric(coco_metrics(second_wrong.view()), "map_50"), (51 + 50 * 2 / 3.0) / 101,
              1e-12);
}

TEST(CocoMetrics, ACrowdTakesAnyNumberAndCountsNothing) {
  const auto set = one_image({truth(0, {0, 0, 50, 50}), truth(0, {100, 100, 400, 400}, true)},
                             {{0, 0, 0.9, {150, 150, 20, 20}},
                              {0, 0, 0.8, {250, 150, 20, 20}},
                              {0, 0, 0.7, {0, 0, 50, 50}}});
  EXPECT_NEAR(*metric(coco_metrics(set.view()), "map_50"), 1, 1e-12);
  const auto only_crowd =
      one_image({truth(0, {0, 0, 50, 50}, true)}, {{0, 0, 0.9, {0, 0, 50, 50}}});
  EXPECT_EQ(metric(coco_metrics(only_crowd.view()), "map_50"), std::nullopt);
}

TEST(CocoMetrics, SizeComesFromTheAreaFieldNotFromTheBox) {
  auto row = truth(0, {0, 0, 50, 50});
  row.area_px = 900;
  const auto result = coco_metrics(one_image({row}, {{0, 0, 0.9, {0, 0, 50, 50}}}).view());
  EXPECT_NEAR(*metric(result, "map_small"), 1, 1e-12);
  EXPECT_EQ(metric(result, "map_medium"), std::nullopt);
}

TEST(CocoMetrics, OnlyTheBestHundredOfAnImageAndClassCount) {
  std::vector<ScoredBox> detections;
  for (int i = 0; i < 100; ++i)
    detections.push_back({0, 0, 0.9, {1000.0 + 60 * i, 0, 50, 50}});
  detections.push_back({0, 0, 0.1, {0, 0, 50, 50}});
  const auto beyond = coco_metrics(one_image({truth(0, {0, 0, 50, 50})}, detections).view());
  EXPECT_EQ(metric(beyond, "ar_100"), 0.0);
  detections.erase(detections.begin());
  const auto inside = coco_metrics(one_image({truth(0, {0, 0, 50, 50})}, detections).view());
  EXPECT_EQ(metric(inside, "ar_100"), 1.0);
  EXPECT_EQ(metric(inside, "ar_10"), 0.0);
}

TEST(CocoMetrics, EqualScoresKeepTheOrderOfImagesThenOfRows) {
  OwnedSet set{2, 1, {truth(0, {0, 0, 50, 50})}, {}};
  set.detections = {{1, 0, 0.5, {0, 0, 50, 50}}, {0, 0, 0.5, {0, 0, 50, 50}}};
  EXPECT_NEAR(*metric(coco_metrics(set.view()), "map_50"), 1, 1e-12) << "image 0 first";
  set.truths[0].image = 1;
  EXPECT_NEAR(*metric(coco_metrics(set.view()), "map_50"), 0.5, 1e-12);
}

TEST(CocoMetrics, ThreadsDoNotChangeABit) {
  OwnedSet set{20, 7, {}, {}};
  std::uint32_t state = 1;
  const auto next = [&](std::uint32_t below) {
    state = state * 1664525U + 1013904223U;
    return static_cast<std::int32_t>((state >> 8) % below);
  };
  for (int i = 0; i < 300; ++i) {
    auto row =
        truth(next(20), {double(next(300)), double(next(300)), 5.0 + next(120), 5.0 + next(120)});
    row.label = next(7);
    set.truths.push_back(row);
    set.detections.push_back({row.image, row.label, next(50) / 50.0, row.box});
    set.detections.back().box.left += next(9);
  }
  const auto one = coco_metrics(set.view(), 1);
  const auto four = coco_metrics(set.view(), 4);
  EXPECT_EQ(one.metrics, four.metrics);
  EXPECT_GT(*metric(one, "map_50_95"), 0.1);
}

TEST(CocoMetrics, EqualsPycocotoolsOnVal2014) {
  const std::string folder = "data/real/map-groundtruth/coco-val2014-100/tests/dataset/cocoapi";
  NEED_SHARED(folder);
  const std::string base = MLOPSCTL_SHARED "/" + folder + "/";
  const auto set =
      testing::coco_set(testing::json_file(base + "instances_val2014_100.json"),
                        testing::json_file(base + "instances_val2014_fakebbox100_results.json"));
  expect_metrics(coco_metrics(set.view(), 2),
                 {0.5045806987249628, 0.6969727247299577, 0.5729816669904824, 0.5856257209410443,
                  0.5193996948036719, 0.5013978986347466, 0.38681277964578054, 0.5936795762842003,
                  0.595352982877607, 0.6398109626113442, 0.5664205978994309, 0.5642905982905982},
                 1e-12);
}

} // namespace
} // namespace mlopsctl::bench
