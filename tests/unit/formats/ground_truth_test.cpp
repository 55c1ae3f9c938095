// SPDX-License-Identifier: Apache-2.0
#include "core/io.hpp"
#include "formats/labels/format.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;

LabelInput from_text(const std::string& text) {
  LabelInput input;
  input.path = "x.manifest";
  input.source = source_from_text(text, "x.manifest");
  input.head = text;
  return input;
}

struct Read {
  std::vector<Sample> samples;
  Problems problems;
};

Read read(const std::string& text, const ReadOptions& options = {}) {
  const auto reader = open_labels(from_text(text), options);
  Read result;
  for (Sample sample; reader->next(sample);)
    result.samples.push_back(sample);
  result.problems = reader->problems();
  return result;
}

std::string first_problem(const std::string& text) {
  const auto result = read(text);
  if (result.problems.empty())
    return "";
  const auto& problem = result.problems.front();
  return problem.place + ": " + problem.text + " [" + problem.rule + "]";
}

std::string write(const std::vector<Sample>& samples, const WriteOptions& options = {}) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("mlopsctl_gt_" + std::to_string(::getpid()) + ".manifest");
  auto with_path = options;
  with_path.existing = Existing::replace;
  const auto writer = create_labels(path.string(), with_path);
  for (const auto& sample : samples)
    writer->write(sample);
  writer->finish();
  const auto text = read_file(path.string(), 1 << 20);
  std::filesystem::remove(path);
  return text;
}

/// One line with \p box as the only annotation.
std::string line(const std::string& box, const std::string& map = R"({"0":"dog"})") {
  return R"({"source-ref":"s3://b/a.jpg","bb":{"image_size":[{"width":500,"height":400,"depth":3}],"annotations":[)" +
         box + R"(]},"bb-metadata":{"objects":[{"confidence":0.8}],"class-map":)" + map +
         R"(,"type":"groundtruth/object-detection","human-annotated":"yes","creation-date":"2018-10-18T22:18:13.527256","job-name":"labeling-job/x"}})" +
         "\n";
}

const char* const k_dog = R"({"class_id":0,"left":111,"top":134,"width":61,"height":128})";

TEST(GroundTruth, ReadsALineOfTheDeveloperGuide) {
  const auto result = read(line(k_dog));
  ASSERT_EQ(result.samples.size(), 1U);
  EXPECT_TRUE(result.problems.empty());
  const Sample& sample = result.samples[0];
  EXPECT_EQ(sample.ref, "s3://b/a.jpg");
  EXPECT_EQ(sample.width, 500);
  EXPECT_EQ(sample.height, 400);
  EXPECT_EQ(sample.depth, 3);
  EXPECT_EQ(sample.place, "x.manifest:1");
  EXPECT_EQ(sample.label_attribute, "bb");
  ASSERT_EQ(sample.annotations.size(), 1U);
  EXPECT_EQ(sample.annotations[0].label, "dog");
  EXPECT_EQ(sample.annotations[0].box.left, 111);
  EXPECT_EQ(sample.annotations[0].box.bottom(), 262);
  EXPECT_EQ(sample.annotations[0].score, 0.8);
}

TEST(GroundTruth, LeavesOutValuesOfMetadataThatNobodyAsksFor) {
  ReadOptions options;
  options.wants_label_metadata = false;
  const auto full = read(line(k_dog)), lean = read(line(k_dog), options);
  ASSERT_EQ(lean.samples.size(), 1U);
  const auto &all = full.samples[0].label_metadata, &keys = lean.samples[0].label_metadata;
  ASSERT_GE(keys.size(), 3U); // human-annotated, creation-date, job-name
  ASSERT_EQ(keys.size(), all.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(keys[i].first, all[i].first);
    EXPECT_EQ(keys[i].second, "");
    EXPECT_NE(all[i].second, "");
  }
}

TEST(GroundTruth, ThereAndBackKeepsTheText) {
  const std::string text =
      R"({"source-ref":"s3://b/a (1).jpg","color":"blue","n":[1,{"x":null}],"bb":{"image_size":[{"width":500,"height":400,"depth":3}],"annotations":[{"class_id":0,"left":164.60000000000002,"top":134,"width":61,"height":128,"iscrowd":1,"note":"a\"b"}]},"bb-metadata":{"objects":[{"confidence":0.09,"worker":7}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","job-name":"labeling-job/x","human-annotated":"no","creation-date":"2018-10-18T22:18:13.527256"}})"
      "\n";
  EXPECT_EQ(write(read(text).samples), text);
}

TEST(GroundTruth, UnlabelledIsNotEmpty) {
  const auto result = read("{\"source-ref\":\"s3://b/a.jpg\"}\n" + line(""));
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_FALSE(result.samples[0].is_labelled);
  EXPECT_TRUE(result.samples[1].is_labelled);
  EXPECT_TRUE(result.samples[1].annotations.empty());
  const auto written = write(result.samples);
  EXPECT_TRUE(written.starts_with("{\"source-ref\":\"s3://b/a.jpg\"}\n")) << written;
}

TEST(GroundTruth, FailedObjectCountsAsNotLabelled) {
  const auto result = read(
      R"({"source-ref":"s3://b/a.jpg","bb-metadata":{"failure-reason":"too dark","type":"groundtruth/object-detection"}})");
  ASSERT_EQ(result.samples.size(), 1U);
  EXPECT_FALSE(result.samples[0].is_labelled);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].rule, "label-failed");
  EXPECT_THAT(result.problems[0].text, testing::HasSubstr("too dark"));
}

TEST(GroundTruth, TakesMarkCrlfAndBlankLines) {
  std::string text = line(k_dog);
  text.insert(text.size() - 1, "\r");
  const auto result = read("\xEF\xBB\xBF" + text + "\r\n\n");
  EXPECT_EQ(result.samples.size(), 1U);
  EXPECT_TRUE(result.problems.empty());
}

TEST(GroundTruth, NewestLabelWinsUnlessNamed) {
  const auto label = [](const std::string& name, const std::string& date, int left) {
    return "\"" + name +
           R"(":{"image_size":[{"width":500,"height":400,"depth":3}],"annotations":[{"class_id":0,"left":)" +
           std::to_string(left) + R"(,"top":1,"width":6,"height":8}]},")" + name +
           R"(-metadata":{"objects":[{"confidence":0}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","creation-date":")" +
           date + "\"}";
  };
  const std::string text = "{\"source-ref\":\"a.jpg\"," + label("new", "2020-01-02T00:00:00", 7) +
                           "," + label("old", "2019-01-02T00:00:00", 3) + "}";
  EXPECT_EQ(read(text).samples.at(0).annotations.at(0).box.left, 7);
  EXPECT_FALSE(read(text).samples.at(0).annotations.at(0).score.has_value());
  ReadOptions options;
  options.label_attribute = "old";
  const auto named = read(text, options).samples.at(0);
  EXPECT_EQ(named.annotations.at(0).box.left, 3);
  EXPECT_EQ(named.extra.size(), 2U); // the other label is kept
}

TEST(GroundTruth, BadLinesAreReportedWithTheirPlace) {
  EXPECT_EQ(first_problem(line(k_dog) + "{\"source-ref\":tru}\n"),
            "x.manifest:2: not valid JSON: Problem while parsing an atom starting with the letter "
            "'t' [not-json]");
  EXPECT_EQ(first_problem("[1]\n"), "x.manifest:1: the line is JSON, but not an object "
                                    "[not-an-object]");
  EXPECT_EQ(first_problem("{\"a\":1}\n"),
            "x.manifest:1: no 'source-ref' in the line [missing-source-ref]");
  EXPECT_EQ(first_problem("{\"source\":\"a\"}\n"),
            "x.manifest:1: the line holds text ('source'), not an image [not-an-image]");
  EXPECT_EQ(first_problem("{\"source-ref\":\"s3://b\"}\n"),
            "x.manifest:1: 's3://b' is not s3://bucket/key [bad-source-ref]");
  EXPECT_THAT(first_problem("{\"source-ref\":\"\xFF\"}\n"), testing::HasSubstr("[not-json]"));
  EXPECT_EQ(first_problem("{\"source-ref\":\"a\",\"x\":1,\"x\":2}"),
            "x.manifest:1: 'x' stands twice [duplicate-key]");
}

TEST(GroundTruth, BadBoxesAreReported) {
  const auto box = [](const std::string& text) { return first_problem(line(text)); };
  EXPECT_EQ(box(R"({"class_id":3,"left":1,"top":1,"width":6,"height":8})"),
            "x.manifest:1: box 1: class_id 3 is not in the line's class-map {0: dog} "
            "[class-id-not-in-class-map]");
  EXPECT_EQ(box(R"({"class_id":0,"left":1,"top":1,"width":-4,"height":8})"),
            "x.manifest:1: box 1: width -4 is negative (image 500x400) [box-without-area]");
  EXPECT_EQ(box(R"({"class_id":0,"left":1,"top":1,"width":4,"height":0})"),
            "x.manifest:1: box 1: height 0 is zero (image 500x400) [box-without-area]");
  EXPECT_EQ(box(R"({"class_id":0,"left":"1","top":1,"width":4,"height":2})"),
            "x.manifest:1: box 1: left is missing or not a number [bad-box]");
  EXPECT_EQ(box(R"({"class_id":-1,"left":1,"top":1,"width":4,"height":2})"),
            "x.manifest:1: box 1: class_id is missing or not a whole number from 0 on "
            "[bad-class-id]");
  EXPECT_EQ(box(R"({"class_id":0,"left":490,"top":1,"width":20,"height":2})"),
            "x.manifest:1: box 1: left 490, top 1, right 510, bottom 3 reaches over the edge "
            "(image 500x400) [box-outside-image]");
  EXPECT_THAT(box(R"({"class_id":0,"left":1e999,"top":1,"width":20,"height":2})"),
              testing::HasSubstr("[not-json]"));
}

TEST(GroundTruth, DuplicateReferencesAreWarnedAbout) {
  const auto result = read(line(k_dog) + line(k_dog));
  EXPECT_EQ(result.samples.size(), 2U);
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].rule, "duplicate-source-ref");
  EXPECT_EQ(result.problems[0].place, "x.manifest:2");
}

TEST(GroundTruth, AnIdWithTwoNamesLeavesTheSecondOut) {
  const auto result = read(line(k_dog) + line(k_dog, R"({"0":"cat"})") + line(""));
  EXPECT_EQ(result.samples.size(), 2U);
  ASSERT_FALSE(result.problems.empty());
  EXPECT_EQ(result.problems[0].rule, "class-map-conflict");
  EXPECT_EQ(result.problems[0].place, "x.manifest:2");
}

TEST(GroundTruth, ContradictedSizeIsAnError) {
  ReadOptions options;
  options.image_size = [](const std::string&) { return ImageSize{640, 480, 3}; };
  options.check_sizes = true;
  const auto result = read(line(k_dog), options);
  EXPECT_TRUE(result.samples.empty());
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_EQ(result.problems[0].text, "'s3://b/a.jpg' is 640x480, the labels say 500x400");
}

TEST(GroundTruth, IdsFollowTheGivenOrder) {
  Sample sample;
  sample.ref = "a.jpg";
  sample.width = sample.height = 10;
  sample.annotations.resize(2);
  sample.annotations[0] = {"dog", -1, {1, 2, 3.5, 4}, {}, false, false, false, {}};
  sample.annotations[1] = {"cat", -1, {1, 2, 3, 4}, {}, false, false, false, {}};
  WriteOptions options;
  options.classes = {"ant", "cat", "dog"};
  EXPECT_THAT(write({sample}, options),
              testing::AllOf(testing::HasSubstr(R"("class_id":2,"left":1,"top":2,"width":3.5)"),
                             testing::HasSubstr(R"("class-map":{"1":"cat","2":"dog"})")));
}

TEST(Formats, UnknownNamesAreRefused) {
  EXPECT_EQ(error_of([&] { label_format("ground_thruth"); }),
            "unknown format 'ground_thruth', did you mean 'ground_truth'?");
}

} // namespace
} // namespace mlopsctl::formats
