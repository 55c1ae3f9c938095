// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/coco.hpp"
#include "bench/metrics/operating_point.hpp"
#include "bench/metrics/voc.hpp"
#include "bench/protocols.hpp"
#include "shared_sets.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using testing::OwnedSet;

TruthBox truth(std::int32_t image, dataset::Box box, bool is_crowd = false,
               bool is_difficult = false) {
  return {image, 0, box, box.area(), is_crowd, is_difficult};
}

/// Right, wrong, right of two: recall 1/2 1/2 1, precision 1 1/2 2/3.
OwnedSet right_wrong_right() {
  return {
      1,
      1,
      {truth(0, {0, 0, 50, 50}), truth(0, {200, 0, 50, 50})},
      {{0, 0, 0.9, {0, 0, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}, {0, 0, 0.7, {200, 0, 50, 50}}}};
}

double map_of(const OwnedSet& set, const Setting& setting) {
  return map_under(set.view(), setting).value_or(-1);
}

TEST(AveragePrecision, OneCurveFiveSummaries) {
  const auto set = right_wrong_right();
  const auto ranking = rank_detections(set.view(), coco_rules(0.5)).front();
  const auto ap = [&](Summary summary) { return *average_precision(ranking, summary); };
  EXPECT_NEAR(ap(Summary::points_101), (51 + 50 * 2 / 3.0) / 101, 1e-12);
  EXPECT_NEAR(ap(Summary::points_11), (6 + 5 * 2 / 3.0) / 11, 1e-12);
  EXPECT_NEAR(ap(Summary::area), 0.5 + 0.5 * 2 / 3, 1e-12);
  EXPECT_NEAR(ap(Summary::area_of_steps), 0.5 + 0.5 * 2 / 3, 1e-12) << "no dip at a hit here";
}

TEST(AveragePrecision, TheEnvelopeFillsDips) {
  // Wrong, right, right of two: precision at the hits 1/2, 2/3.
  OwnedSet set = right_wrong_right();
  set.detections = {
      {0, 0, 0.9, {400, 0, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}, {0, 0, 0.7, {200, 0, 50, 50}}};
  const auto ranking = rank_detections(set.view(), coco_rules(0.5)).front();
  EXPECT_NEAR(*average_precision(ranking, Summary::area), 2 / 3.0, 1e-12);
  EXPECT_NEAR(*average_precision(ranking, Summary::area_of_steps), (1 / 2.0 + 2 / 3.0) / 2, 1e-12);
}

TEST(AveragePrecision, ElevenPointsKnowTwoMeaningsOfATenth) {
  // 3 of 5 found: recall 3/5 is below numpy's linspace(0, 1, 11)[6], and reaches six tenths.
  OwnedSet set{1, 1, {}, {}};
  for (int i = 0; i < 5; ++i)
    set.truths.push_back(truth(0, {i * 100.0, 0, 50, 50}));
  for (int i = 0; i < 3; ++i)
    set.detections.push_back({0, 0, 0.9 - i / 10.0, {i * 100.0, 0, 50, 50}});
  const auto ranking = rank_detections(set.view(), voc_rules(0.5)).front();
  EXPECT_NEAR(*average_precision(ranking, Summary::points_11), 6 / 11.0, 1e-12);
  EXPECT_NEAR(*average_precision(ranking, Summary::points_11_tenths), 7 / 11.0, 1e-12);
}

TEST(AveragePrecision, WeightsAreCopiesOfImages) {
  OwnedSet set{2,
               1,
               {truth(0, {0, 0, 50, 50}), truth(1, {0, 0, 50, 50})},
               {{0, 0, 0.9, {0, 0, 50, 50}}, {1, 0, 0.8, {300, 0, 50, 50}}}};
  const auto ranking = rank_detections(set.view(), coco_rules(0.5)).front();
  const std::vector<std::int32_t> two_of_first{2, 0}, two_of_second{0, 2}, three{2, 1};
  EXPECT_EQ(average_precision(ranking, Summary::area, &two_of_first), 1.0);
  EXPECT_EQ(average_precision(ranking, Summary::area, &two_of_second), 0.0);
  EXPECT_NEAR(*average_precision(ranking, Summary::area, &three), 2 / 3.0, 1e-12);
  const std::vector<std::int32_t> none{0, 0};
  EXPECT_EQ(average_precision(ranking, Summary::area, &none), std::nullopt);
}

TEST(RankDetections, CrowdsUnderEachRule) {
  // A crowd over the right half; one detection in it, one on the object.
  OwnedSet set{1, 1, {truth(0, {0, 0, 50, 50}), truth(0, {200, 0, 200, 200}, true)}, {}};
  set.detections = {{0, 0, 0.9, {250, 50, 50, 50}}, {0, 0, 0.8, {0, 0, 50, 50}}};
  Setting setting = coco_setting(0.5);
  EXPECT_NEAR(map_of(set, setting), 1, 1e-12) << "what lies in a crowd is not wrong";
  setting.rules.crowd = CrowdRule::left_out;
  EXPECT_NEAR(map_of(set, setting), 0.5, 1e-12) << "by IoU it does not match";
  setting.rules.crowd = CrowdRule::dropped;
  EXPECT_NEAR(map_of(set, setting), 0.5, 1e-12);
  setting.rules.crowd = CrowdRule::counts;
  EXPECT_NEAR(map_of(set, setting), 51 / 101.0 / 2, 1e-12) << "one of two objects, second in rank";
}

TEST(RankDetections, LimitsAndThresholds) {
  OwnedSet set{1, 1, {truth(0, {0, 0, 50, 50})}, {}};
  for (int i = 0; i < 100; ++i)
    set.detections.push_back({0, 0, 0.9, {300, 300, 50, 50}});
  set.detections.push_back({0, 0, 0.1, {0, 0, 50, 50}});
  Setting setting = coco_setting(0.5);
  EXPECT_EQ(map_of(set, setting), 0) << "it is the 101st";
  setting.rules.most_detections = 0;
  EXPECT_NEAR(map_of(set, setting), 1 / 101.0, 1e-12);
  setting.most_in_image = 100;
  EXPECT_EQ(map_of(set, setting), 0);
  setting = voc_setting(0.5);
  setting.least_score = 0.2;
  EXPECT_EQ(map_of(set, setting), 0);
}

TEST(RankDetections, EqualScoresInBothOrders) {
  OwnedSet set{2, 1, {truth(1, {0, 0, 50, 50})}, {}};
  set.detections = {{0, 0, 0.5, {0, 0, 50, 50}}, {1, 0, 0.5, {0, 0, 50, 50}}};
  Setting setting = voc_setting(0.5);
  EXPECT_EQ(map_of(set, setting), 0.5) << "the wrong one in the earlier image comes first";
  setting.rules.are_ties_reversed = true;
  EXPECT_EQ(map_of(set, setting), 1);
}

TEST(RankDetections, EqualsTheProtocolsOnPublicSets) {
  const std::string folder = "data/real/map-groundtruth/coco-val2014-100/tests/dataset/cocoapi";
  NEED_SHARED(folder);
  const std::string base = MLOPSCTL_SHARED "/" + folder;
  const auto set =
      testing::coco_set(testing::json_file(base + "/instances_val2014_100.json"),
                        testing::json_file(base + "/instances_val2014_fakebbox100_results.json"));
  const auto report = explain_protocols(set.view(), {});
  std::vector<Ranking> at_50;
  const auto coco = coco_metrics(set.view(), 2, &at_50);
  const auto rankings = rank_detections(set.view(), coco_rules(0.5));
  ASSERT_EQ(at_50.size(), rankings.size());
  for (std::size_t i = 0; i < rankings.size(); ++i) {
    EXPECT_EQ(at_50[i].truth_images, rankings[i].truth_images);
    EXPECT_EQ(at_50[i].detections, rankings[i].detections) << "class " << i;
  }
  EXPECT_NEAR(*report.coco_50_95, 0.5045806987249628, 1e-12);
  EXPECT_NEAR(*report.coco, 0.6969727247299577, 1e-12);
  EXPECT_NEAR(*report.coco, *coco.metrics[1].second, 1e-12);
  EXPECT_NEAR(*report.voc, *voc_metrics(set.view(), VocCurve::all_points, 0.5).map, 1e-12);
  EXPECT_NEAR(*report.voc11, *voc_metrics(set.view(), VocCurve::eleven_points, 0.5).map, 1e-12);
  for (const double iou : {0.5, 0.75, 0.95})
    EXPECT_NEAR(map_of(set, coco_setting(iou)),
                explain_protocols(set.view(), {iou, "coco", 0.25, 2}).path.front().map.value_or(-1),
                1e-12);
}

TEST(ExplainProtocols, EveryStepIsNamedAndAddsUp) {
  const std::string folder = "data/real/map-groundtruth/review-metrics/tests/test_case_1";
  NEED_SHARED(folder);
  const std::string base = MLOPSCTL_SHARED "/" + folder;
  const auto set = testing::text_set(base + "/gts", base + "/dets");
  const auto report = explain_protocols(set.view(), {0.3, "voc", 0.25, 1});
  EXPECT_NEAR(*report.voc, 0.2456866804, 1e-10);
  EXPECT_NEAR(*report.voc11, 0.2683982683, 1e-10);
  double sum = *report.coco;
  for (const auto& step : report.path)
    sum += step.difference.value_or(0);
  EXPECT_NEAR(sum, *report.voc11, 1e-12);
  const auto alone = [&](const ProtocolReport& of, const std::string& name) {
    for (const auto& step : of.alone)
      if (step.name == name)
        return step.map.value_or(-1);
    return -2.0;
  };
  EXPECT_NEAR(alone(report, "overlap_continuous"), 0.22539683, 1e-8) << "without the extra pixel";
  EXPECT_EQ(alone(report, "overlap_inclusive"), -2) << "voc has it already";
  const auto at_a_tenth = explain_protocols(set.view(), {0.1, "voc11", 0.25, 1});
  EXPECT_NEAR(*at_a_tenth.voc11, 0.3333333333, 1e-10);
  EXPECT_NEAR(alone(at_a_tenth, "eleven_tenths"), 0.3689064559, 1e-10);
}

TEST(OperatingPoint, CountsAtAThreshold) {
  const auto set = right_wrong_right();
  const auto ranking = rank_detections(set.view(), coco_rules(0.5)).front();
  const auto point = operating_point(ranking, 0.8);
  EXPECT_EQ(point.hits, 1);
  EXPECT_EQ(point.detections, 2);
  EXPECT_EQ(point.precision(), 0.5);
  EXPECT_EQ(point.recall(), 0.5);
  EXPECT_EQ(point.f1(), 0.5);
  const auto nothing = operating_point(ranking, 0.95);
  EXPECT_EQ(nothing.precision(), std::nullopt);
  EXPECT_EQ(nothing.recall(), 0.0);
  EXPECT_EQ(nothing.f1(), 0.0);
}

TEST(OperatingPoint, BestF1) {
  // F1 after each: 2/3, 2/4, 4/5.
  const auto set = right_wrong_right();
  const auto best = best_f1_point(rank_detections(set.view(), coco_rules(0.5)).front());
  ASSERT_TRUE(best);
  EXPECT_EQ(best->score_threshold, 0.7);
  EXPECT_NEAR(*best->f1(), 0.8, 1e-12);
  // A threshold cannot part equal scores: both of 0.9 are in, F1 = 2/4, then 4/5.
  OwnedSet equal = set;
  equal.detections[1].score = 0.9;
  equal.detections.pop_back();
  const auto both = best_f1_point(rank_detections(equal.view(), coco_rules(0.5)).front());
  EXPECT_EQ(both->detections, 2);
  EXPECT_NEAR(*both->f1(), 0.5, 1e-12);
  equal.detections = {{0, 0, 0.9, {400, 400, 50, 50}}};
  EXPECT_FALSE(best_f1_point(rank_detections(equal.view(), coco_rules(0.5)).front()))
      << "no hit, no best threshold";
}

TEST(PrecisionRecallCurve, AtOneHundredAndOnePoints) {
  const auto set = right_wrong_right();
  const auto curve = precision_recall_curve(rank_detections(set.view(), coco_rules(0.5)).front());
  ASSERT_EQ(curve.precision.size(), 101U);
  EXPECT_EQ(curve.precision[50], 1);
  EXPECT_EQ(curve.score[50], 0.9);
  EXPECT_NEAR(curve.precision[51], 2 / 3.0, 1e-12);
  EXPECT_EQ(curve.score[100], 0.7);
  OwnedSet half = set;
  half.detections.pop_back();
  const auto short_curve =
      precision_recall_curve(rank_detections(half.view(), coco_rules(0.5)).front());
  EXPECT_EQ(short_curve.precision[51], 0) << "that recall is never reached";
  EXPECT_EQ(short_curve.score[51], std::nullopt);
}

} // namespace
} // namespace mlopsctl::bench
