// SPDX-License-Identifier: Apache-2.0
#include "bench/details.hpp"
#include "shared_sets.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace mlopsctl::bench {
namespace {

using testing::OwnedSet;

TruthBox truth(std::int32_t label, dataset::Box box, bool is_crowd = false,
               bool is_difficult = false) {
  return {0, label, box, box.area(), is_crowd, is_difficult};
}

constexpr dataset::Box k_here{0, 0, 100, 100};
constexpr dataset::Box k_near{0, 40, 100, 100}; ///< IoU 60/140 = 0.43 with k_here
constexpr dataset::Box k_away{500, 500, 100, 100};

/// What a counter says of every image of a set.
template <class Counter, class Options> auto counted(const OwnedSet& set, const Options& options) {
  const ImageGroups groups(set.view(), 0.25);
  Counter counter(groups.class_count(), options);
  ImageRows rows;
  for (std::int32_t image = 0; image < groups.image_count(); ++image) {
    groups.load(image, rows);
    counter.add(rows);
  }
  return counter.finish();
}

ConfusionMatrix confusion_of(const OwnedSet& set, const ConfusionOptions& options = {}) {
  return counted<ConfusionCounter>(set, options);
}

ErrorReport error_report_of(const OwnedSet& set, const ErrorOptions& options = {}) {
  return counted<ErrorCounter>(set, options);
}

TEST(ConfusionMatrix, ClassesAndBackground) {
  // Image with a cat and a dog: the cat is taken for a dog, the dog is missed, a cat is imagined.
  const OwnedSet set{1,
                     2,
                     {truth(0, k_here), truth(1, k_away)},
                     {{0, 1, 0.9, k_here}, {0, 0, 0.6, {900, 900, 50, 50}}, {0, 0, 0.1, k_here}}};
  const auto matrix = confusion_of(set);
  EXPECT_EQ(matrix.background(), 2);
  EXPECT_EQ(matrix.at(0, 1), 1);
  EXPECT_EQ(matrix.at(1, 2), 1) << "missed";
  EXPECT_EQ(matrix.at(2, 0), 1) << "imagined";
  EXPECT_EQ(matrix.at(0, 0), 0) << "its score is below the threshold";
  std::int64_t sum = 0;
  for (const auto& [pair, count] : matrix.counts)
    sum += count;
  EXPECT_EQ(sum, 3);
}

TEST(ConfusionMatrix, TheLargestOverlapGoesFirst) {
  // The worse score overlaps more, so it gets the object; the other one finds nothing.
  const OwnedSet set{
      1, 2, {truth(0, k_here)}, {{0, 1, 0.9, {0, 10, 100, 100}}, {0, 0, 0.5, k_here}}};
  const auto matrix = confusion_of(set);
  EXPECT_EQ(matrix.at(0, 0), 1);
  EXPECT_EQ(matrix.at(2, 1), 1);
  // Equal overlaps: the better score.
  const OwnedSet equal{1, 2, {truth(0, k_here)}, {{0, 0, 0.5, k_here}, {0, 1, 0.9, k_here}}};
  EXPECT_EQ(confusion_of(equal).at(0, 1), 1);
}

TEST(ConfusionMatrix, TheMostFrequentConfusionsComeFirst) {
  ConfusionMatrix matrix;
  matrix.class_count = 2;
  matrix.counts = {{{0, 0}, 9}, {{0, 1}, 2}, {{1, 0}, 3}, {{1, 2}, 2}};
  const auto pairs = most_confused(matrix, 2);
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].count, 3);
  EXPECT_EQ(pairs[1].truth, 0);
  EXPECT_EQ(pairs[1].predicted, 1);
}

TEST(ConfusionMatrix, CrowdsAndDifficultObjectsAreNotCounted) {
  const OwnedSet crowd{1, 1, {truth(0, {0, 0, 300, 300}, true)}, {{0, 0, 0.9, k_here}}};
  EXPECT_TRUE(confusion_of(crowd).counts.empty());
  const OwnedSet difficult{1, 1, {truth(0, k_here, false, true)}, {{0, 0, 0.9, k_here}}};
  ConfusionOptions options;
  EXPECT_EQ(confusion_of(difficult, options).at(0, 0), 1);
  options.is_difficult_left_out = true;
  EXPECT_TRUE(confusion_of(difficult, options).counts.empty());
}

ErrorCounts errors_of(const OwnedSet& set, const ErrorOptions& options = {}) {
  return error_report_of(set, options).all;
}

std::int64_t sum_of(const ErrorCounts& counts) {
  return std::accumulate(counts.counts.begin(), counts.counts.end(), std::int64_t{0});
}

TEST(ErrorTypes, EachTypeAlone) {
  OwnedSet set{1, 2, {truth(0, k_here)}, {{0, 0, 0.9, k_here}}};
  EXPECT_EQ(sum_of(errors_of(set)), 0) << "a hit is no error";
  set.detections = {{0, 1, 0.9, k_here}};
  auto errors = errors_of(set);
  EXPECT_EQ(errors[ErrorType::classification], 1);
  EXPECT_EQ(sum_of(errors), 1) << "the object is not missed: an error is about it";
  set.detections = {{0, 0, 0.9, k_near}};
  errors = errors_of(set);
  EXPECT_EQ(errors[ErrorType::localisation], 1);
  EXPECT_EQ(sum_of(errors), 1);
  set.detections = {{0, 1, 0.9, k_near}};
  errors = errors_of(set);
  EXPECT_EQ(errors[ErrorType::both], 1);
  EXPECT_EQ(errors[ErrorType::missed], 1) << "nothing short of two corrections would find it";
  EXPECT_EQ(sum_of(errors), 2);
  set.detections = {{0, 0, 0.9, k_here}, {0, 0, 0.8, k_here}};
  errors = errors_of(set);
  EXPECT_EQ(errors[ErrorType::duplicate], 1);
  EXPECT_EQ(sum_of(errors), 1);
  set.detections = {{0, 0, 0.9, k_away}};
  errors = errors_of(set);
  EXPECT_EQ(errors[ErrorType::background], 1);
  EXPECT_EQ(errors[ErrorType::missed], 1);
  EXPECT_EQ(sum_of(errors), 2);
}

TEST(ErrorTypes, PerClassOfDetectionOrObject) {
  const OwnedSet set{1, 2, {truth(0, k_here)}, {{0, 1, 0.9, k_away}}};
  const auto report = error_report_of(set);
  EXPECT_EQ(report.per_class[1][ErrorType::background], 1);
  EXPECT_EQ(report.per_class[0][ErrorType::missed], 1);
  EXPECT_EQ(report.per_class[0][ErrorType::background], 0);
}

TEST(ErrorTypes, LowScoresCrowdsAndDifficultObjects) {
  OwnedSet set{1, 1, {truth(0, k_here)}, {{0, 0, 0.1, k_here}}};
  EXPECT_EQ(errors_of(set)[ErrorType::missed], 1) << "0.1 is below the threshold";
  set = {1, 1, {truth(0, {0, 0, 300, 300}, true)}, {{0, 0, 0.9, k_here}}};
  EXPECT_EQ(sum_of(errors_of(set)), 0);
  set = {1, 1, {truth(0, k_here, false, true)}, {{0, 0, 0.9, k_here}, {0, 0, 0.8, k_here}}};
  EXPECT_EQ(errors_of(set)[ErrorType::duplicate], 1);
  ErrorOptions options;
  options.is_difficult_left_out = true;
  EXPECT_EQ(sum_of(errors_of(set, options)), 0);
}

TEST(Bootstrap, WeightsAreDrawsWithReplacement) {
  const auto weights = bootstrap_weights(1000, 1, 0);
  EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), 0), 1000);
  const auto absent = std::count(weights.begin(), weights.end(), 0);
  EXPECT_NEAR(static_cast<double>(absent) / 1000, 0.368, 0.05) << "1/e of them are left out";
  EXPECT_EQ(weights, bootstrap_weights(1000, 1, 0));
  EXPECT_NE(weights, bootstrap_weights(1000, 1, 1));
  EXPECT_NE(weights, bootstrap_weights(1000, 2, 0));
}

TEST(Bootstrap, IntervalOfAShareAndAnyNumberOfThreads) {
  // 100 images, 80 right: the standard error is sqrt(0.8 * 0.2 / 100) = 0.04.
  const Statistics share = [](const std::vector<std::int32_t>& weights) {
    const auto right = std::accumulate(weights.begin(), weights.begin() + 80, 0);
    return std::vector<Metric>{right / 100.0, std::nullopt};
  };
  const auto one = bootstrap_intervals(100, 2000, 7, 1, share);
  EXPECT_NEAR(*one[0].low, 0.8 - 1.96 * 0.04, 0.02);
  EXPECT_NEAR(*one[0].high, 0.8 + 1.96 * 0.04, 0.02);
  EXPECT_EQ(one[0].count, 2000);
  EXPECT_EQ(one[1].count, 0);
  EXPECT_EQ(one[1].low, std::nullopt);
  const auto four = bootstrap_intervals(100, 2000, 7, 4, share);
  EXPECT_EQ(one[0].low, four[0].low);
  EXPECT_EQ(one[0].high, four[0].high);
}

TEST(Bootstrap, PercentilesByNearestRank) {
  // Sample number n gives n: ranks ceil(2.5) = 3 and ceil(97.5) = 98 of 100.
  int next = 0;
  const auto interval = bootstrap_intervals(
      1, 100, 1, 1, [&](const auto&) { return std::vector<Metric>{static_cast<double>(++next)}; });
  EXPECT_EQ(interval[0].low, 3);
  EXPECT_EQ(interval[0].high, 98);
}

TEST(Accuracy, PrecisionRecallAndTopK) {
  // cat cat dog; guesses cat, dog, (none known).
  const std::vector<std::int32_t> labels{0, 0, 1};
  const std::vector<RankedClasses> guesses{{0, 1}, {1, 0}, {-1, 0, 1}};
  const auto result = accuracy_metrics(labels, guesses, 2, {1, 2, 3});
  EXPECT_NEAR(*result.accuracy, 1 / 3.0, 1e-12);
  EXPECT_NEAR(*result.top_k[0], 1 / 3.0, 1e-12);
  EXPECT_NEAR(*result.top_k[1], 2 / 3.0, 1e-12);
  EXPECT_EQ(result.top_k[2], 1.0);
  EXPECT_EQ(result.per_class[0].precision(), 1.0);
  EXPECT_EQ(result.per_class[0].recall(), 0.5);
  EXPECT_NEAR(*result.per_class[0].f1(), 2 / 3.0, 1e-12);
  EXPECT_EQ(result.per_class[1].precision(), 0.0);
  EXPECT_EQ(result.per_class[1].f1(), 0.0);
  EXPECT_NEAR(*result.f1_macro, 1 / 3.0, 1e-12);
  const auto matrix = confusion_of_guesses(labels, guesses, 2);
  EXPECT_EQ(matrix.at(0, 0), 1);
  EXPECT_EQ(matrix.at(0, 1), 1);
  EXPECT_EQ(matrix.at(1, 2), 1) << "no known class was guessed";
}

TEST(Calibration, ExpectedErrorByHand) {
  // Bin over 14/15: scores 1 and 0.95, both right. Bin up to 0.6: 0.6 right, 0.55 wrong.
  const std::vector<std::int32_t> labels{0, 0, 0, 0, 0};
  const std::vector<RankedClasses> guesses{{0}, {0}, {0}, {1}, {}};
  const auto result = calibration(labels, guesses, {1.0, 0.95, 0.6, 0.55, std::nullopt});
  ASSERT_TRUE(result.expected_error);
  EXPECT_NEAR(*result.expected_error, (2 - 1.95 + (0.6 + 0.55 - 1)) / 4, 1e-12);
  EXPECT_EQ(result.bins[14].count, 2);
  EXPECT_EQ(result.bins[8].count, 2) << "0.6 is the upper edge of the ninth bin, 0.55 lies in it";
  EXPECT_EQ(result.bins[0].count, 0);
}

TEST(Calibration, LogitsHaveNone) {
  const auto result = calibration({0, 0}, {{0}, {0}}, {7.5, 0.5});
  EXPECT_EQ(result.expected_error, std::nullopt);
  EXPECT_EQ(result.out_of_range, 1);
}

} // namespace
} // namespace mlopsctl::bench
