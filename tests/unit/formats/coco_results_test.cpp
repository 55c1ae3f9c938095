// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "formats/labels/format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::formats {
namespace {

LabelInput input_of(const std::string& text) {
  LabelInput input;
  input.path = "r.json";
  input.source = source_from_text(text, "r.json");
  input.head = text;
  return input;
}

std::vector<dataset::Sample> samples_of(const std::string& text, Problems* problems = nullptr) {
  ReadOptions options;
  options.allow_ids_only = true;
  const auto reader = open_labels(input_of(text), options);
  std::vector<dataset::Sample> samples;
  dataset::Sample sample;
  while (reader->next(sample))
    samples.push_back(sample);
  if (problems != nullptr)
    *problems = reader->problems();
  return samples;
}

TEST(CocoResults, AreRecognisedByContent) {
  EXPECT_EQ(
      recognise(input_of(R"([{"image_id":1,"category_id":2,"bbox":[1,2,3,4],"score":0.5}])")).name,
      "coco_results");
  EXPECT_EQ(recognise(input_of(" [ ] ")).name, "coco_results");
  EXPECT_NE(recognise(input_of(R"({"images":[],"annotations":[],"categories":[]})")).name,
            "coco_results");
}

TEST(CocoResults, GroupDetectionsByImageInTheOrderOfTheFile) {
  const auto samples = samples_of(
      R"([{"image_id":7,"category_id":18,"bbox":[1,2,3,4],"score":0.5},)"
      R"({"image_id":"3","category_id":1,"bbox":[0,0,0,0],"score":-2},)"
      R"({"image_id":7.0,"category_id":2,"bbox":[5,6,7,8],"score":1,"segmentation":{}}])");
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].extra, (dataset::Fields{{"image_id", "7"}}));
  ASSERT_EQ(samples[0].annotations.size(), 2U);
  EXPECT_EQ(samples[0].annotations[1].source_id, 2);
  EXPECT_EQ(samples[0].annotations[1].box.left, 5);
  EXPECT_EQ(samples[1].annotations[0].score, -2) << "a logit is a score too; a box may be empty";
  EXPECT_TRUE(samples[0].ref.empty());
}

TEST(CocoResults, BadRowsAreListedWithTheirPlace) {
  Problems problems;
  const auto samples =
      samples_of(R"([{"image_id":1,"category_id":2,"bbox":[1,2,-3,4],"score":0.5},)"
                 R"({"image_id":1.5,"category_id":2,"bbox":[1,2,3,4],"score":0.5},)"
                 R"({"image_id":1,"category_id":-1,"bbox":[1,2,3,4],"score":0.5},)"
                 R"({"image_id":1,"category_id":2,"bbox":[1,2,3,4],"score":"high"},4])",
                 &problems);
  EXPECT_TRUE(samples.empty());
  ASSERT_EQ(problems.size(), 5U);
  EXPECT_EQ(problems[0].place, "r.json:[0]");
  EXPECT_THAT(problems[0].text, ::testing::HasSubstr("width and height from 0 on"));
  EXPECT_THAT(problems[1].text, ::testing::HasSubstr("image_id"));
  EXPECT_THAT(problems[2].text, ::testing::HasSubstr("category_id"));
  EXPECT_THAT(problems[3].text, ::testing::HasSubstr("score"));
  EXPECT_THAT(problems[4].text, ::testing::HasSubstr("not an object"));
}

TEST(CocoResults, AreOnlyForThoseWhoHaveTheTruth) {
  EXPECT_THROW(open_labels(input_of("[]"), {}), Error) << "a manifest of nameless images";
}

TEST(CocoResults, BrokenJsonIsRefused) {
  EXPECT_THROW(samples_of(R"([{"image_id":1,"category_id":2,)"), Error);
}

} // namespace
} // namespace mlopsctl::formats
