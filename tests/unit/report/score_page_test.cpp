// SPDX-License-Identifier: Apache-2.0
#include "report/score_page.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::report {
namespace {

TEST(ScorePage, TheWorstImagesAreThoseWithMostErrors) {
  bench::Truth truth;
  truth.classes.add("x");
  truth.images.resize(4);
  bench::Predictions predictions;
  const auto object = [&](std::int32_t image) {
    bench::TruthBox box;
    box.image = image;
    box.box = {0, 0, 100, 100};
    box.area_px = 10000;
    truth.boxes.push_back(box);
  };
  const auto detection = [&](std::int32_t image, double left, double score) {
    bench::ScoredBox box;
    box.image = image;
    box.box = {left, 0, 100, 100};
    box.score = score;
    predictions.detections.push_back(box);
  };
  object(0); // found
  detection(0, 0, 0.9);
  object(1); // found by what counts too little, and one detection beside it
  detection(1, 0, 0.2);
  detection(1, 300, 0.8);
  object(2); // found twice
  detection(2, 0, 0.9);
  detection(2, 5, 0.7);
  detection(3, 0, 0.1); // too little to count
  const auto worst = worst_images(truth, predictions, 0.25, 10);
  ASSERT_EQ(worst.size(), 2U) << "those without an error are left out";
  EXPECT_EQ(worst[0].image, 1U);
  EXPECT_EQ(worst[0].wrong, 1);
  EXPECT_EQ(worst[0].missed, 1);
  EXPECT_EQ(worst[1].image, 2U);
  EXPECT_EQ(worst[1].wrong, 1);
  EXPECT_EQ(worst[1].missed, 0);
  EXPECT_EQ(worst_images(truth, predictions, 0.25, 1).size(), 1U);
}

} // namespace
} // namespace mlopsctl::report
