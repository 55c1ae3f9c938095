// SPDX-License-Identifier: Apache-2.0
#include "inference/prediction_line.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::inference {
namespace {

package::ModelSpec spec_of(package::Task task) {
  package::ModelSpec spec;
  spec.task = task;
  spec.labels = {"cat", "dog"};
  spec.decoder.score_threshold = 0.3;
  return spec;
}

TEST(PredictionLine, DetectionsRoundedAndInsideThePicture) {
  Prediction prediction;
  prediction.detections = {{1, 0.123456789, {10.00049, 20.12345, 89.99951, 1.0006}},
                           {0, 0.1, {5, 5, 0.0001, 3}}}; // too thin to be written
  prediction.timing = {1.23456, 0.5, 20, 0.0004};
  EXPECT_EQ(
      prediction_line("a \"b\".jpg", 100, 50, prediction, spec_of(package::Task::detection), {}),
      R"({"image":"a \"b\".jpg","width":100,"height":50,"detections":[{"label":"dog",)"
      R"("class_id":1,"score":0.123457,"left":10,"top":20.123,"width":90,"height":1.001}],)"
      R"("timing_ms":{"decode":1.235,"preprocess":0.5,"infer":20,"postprocess":0}})");
}

TEST(PredictionLine, ClassesWithoutTimes) {
  Prediction prediction;
  prediction.classes = {{1, 0.75}, {0, 0.25}};
  EXPECT_EQ(
      prediction_line("x.png", 4, 3, prediction, spec_of(package::Task::classification), {false}),
      R"({"image":"x.png","width":4,"height":3,"classes":[{"label":"dog","class_id":1,)"
      R"("score":0.75},{"label":"cat","class_id":0,"score":0.25}]})");
}

TEST(PredictionLine, ShownClassesAreThoseAboveTheThresholdAndTheBest) {
  auto spec = spec_of(package::Task::classification);
  EXPECT_EQ(shown_classes({{1, 0.75}, {0, 0.25}}, spec).size(), 1U);
  EXPECT_EQ(shown_classes({{1, 0.7}, {0, 0.3}}, spec).size(), 2U);
  EXPECT_EQ(shown_classes({{1, 0.2}, {0, 0.1}}, spec).size(), 1U);
  EXPECT_TRUE(shown_classes({}, spec).empty());
}

TEST(PredictionLine, DrawsIntoThePicture) {
  Prediction prediction;
  prediction.detections = {{1, 0.9, {10, 10, 60, 60}}};
  imaging::Image image(100, 100, 3, 0);
  draw_prediction(image, prediction, spec_of(package::Task::detection));
  EXPECT_NE(image.pixels, imaging::Image(100, 100, 3, 0).pixels);
}

} // namespace
} // namespace mlopsctl::inference
