// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/formats/label_files.hpp"

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// As the developer guide shows it.
const char* const k_guide =
    R"({"file":"your_image_directory/sample_image1.jpg","image_size":[{"width":500,"height":400,)"
    R"("depth":3}],"annotations":[{"class_id":0,"left":111,"top":134,"width":61,"height":128},)"
    R"({"class_id":1,"left":161,"top":250,"width":79,"height":143}],"categories":[)"
    R"({"class_id":0,"name":"dog"},{"class_id":1,"name":"cat"}]})";

class SageMakerJson : public LabelFiles {
protected:
  std::string first_problem(const std::string& text) const {
    put("set/a.json", text);
    ReadOptions options;
    options.format = "sagemaker_json";
    const auto listed = read(path("set"), options).listed();
    return listed.empty() ? "" : listed.front();
  }
  static std::string with_box(const std::string& box) {
    return R"({"file":"a.jpg","image_size":[{"width":50,"height":40,"depth":3}],"annotations":[)" +
           box + R"(],"categories":[{"class_id":0,"name":"dog"}]})";
  }
};

TEST_F(SageMakerJson, ReadsTheGuide) {
  put("set/train_annotation/sample_image1.json", k_guide);
  put("set/validation_annotation/b.json", with_box(""));
  const auto result = read(path("set"));
  EXPECT_THAT(result.listed(), IsEmpty());
  EXPECT_THAT(result.classes, ElementsAre("dog", "cat"));
  ASSERT_EQ(result.samples.size(), 2U);
  const Sample& first = result.samples[0];
  EXPECT_EQ(first.ref, "your_image_directory/sample_image1.jpg");
  EXPECT_EQ(first.split, dataset::Split::train);
  EXPECT_EQ(first.width, 500);
  ASSERT_EQ(first.annotations.size(), 2U);
  EXPECT_EQ(first.annotations[1].label, "cat");
  expect_box(first.annotations[1].box, 161, 250, 79, 143);
  EXPECT_EQ(result.samples[1].split, dataset::Split::validation);
  EXPECT_TRUE(result.samples[1].is_labelled);
}

TEST_F(SageMakerJson, ThereAndBack) {
  put("set/sample_image1.json", k_guide);
  const auto result = read(path("set"));
  WriteOptions options;
  options.format = "sagemaker_json";
  options.classes = result.classes;
  EXPECT_THAT(write("out", result.samples, options), IsEmpty());
  EXPECT_EQ(text_of("out/sample_image1.json"), std::string(k_guide) + "\n");
}

TEST_F(SageMakerJson, WritesChannelsAndTellsLosses) {
  auto samples = std::vector<Sample>(3, sample());
  samples[0].split = dataset::Split::train;
  samples[0].annotations[0].score = 0.5;
  samples[1].split = dataset::Split::validation;
  samples[2].is_labelled = false;
  WriteOptions options;
  options.format = "sagemaker_json";
  const auto losses = write("out", samples, options);
  ASSERT_EQ(losses.size(), 2U);
  EXPECT_THAT(losses[0].field, HasSubstr("images that nobody labelled"));
  EXPECT_EQ(losses[1].field, "score");
  EXPECT_THAT(text_of("out/train_annotation/a.json"), HasSubstr(R"("file":"a.jpg")"));
  EXPECT_THAT(text_of("out/validation_annotation/a.json"), HasSubstr(R"("left":10)"));
}

TEST_F(SageMakerJson, TwoImagesOfOneNameAreRefused) {
  auto samples = std::vector<Sample>(2, sample());
  samples[1].ref = "b/a.png";
  WriteOptions options;
  options.format = "sagemaker_json";
  EXPECT_THROW(write("out", samples, options), Error);
}

TEST_F(SageMakerJson, RefusesWhatIsBroken) {
  EXPECT_THAT(first_problem("{"), HasSubstr("not-json at " + path("set") + "/a.json: not valid"));
  EXPECT_THAT(first_problem("[]"), HasSubstr("is JSON, but not an object"));
  EXPECT_THAT(first_problem("{}"), HasSubstr("no 'file'"));
  EXPECT_THAT(first_problem(R"({"file":"a.jpg"})"), HasSubstr("no list of 'annotations'"));
  EXPECT_THAT(first_problem(R"({"file":"a.jpg","file":"b.jpg"})"), HasSubstr("stands twice"));
  EXPECT_THAT(first_problem(R"({"file":"a.jpg","categories":[{"class_id":0}]})"),
              HasSubstr("is not a class_id and a name"));
  EXPECT_THAT(first_problem(with_box(R"({"class_id":0,"left":1,"top":1,"width":2})")),
              HasSubstr("box 1: height is missing"));
  EXPECT_THAT(first_problem(with_box(R"({"class_id":4,"left":1,"top":1,"width":2,"height":2})")),
              HasSubstr("class_id 4 is not among the categories"));
  EXPECT_THAT(
      first_problem(with_box(R"({"class_id":0,"left":1,"left":1,"top":1,"width":2,"height":2})")),
      HasSubstr("'left' stands twice"));
}

} // namespace
} // namespace mlopsctl::formats
