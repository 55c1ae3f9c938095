// SPDX-License-Identifier: Apache-2.0
#include "dataset/sagemaker.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::dataset {
namespace {

using testing::HasSubstr;

Sample sample(const std::string& ref, std::vector<std::pair<std::string, std::int64_t>> classes) {
  Sample out;
  out.ref = "s3://bucket/" + ref;
  out.width = 100;
  out.height = 80;
  out.depth = 3;
  out.label_attribute = "bb";
  out.place = ref + ":1";
  for (auto& [label, id] : classes) {
    out.annotations.emplace_back();
    out.annotations.back().label = label;
    out.annotations.back().source_id = id;
    out.annotations.back().box = {1, 1, 5, 5};
  }
  return out;
}

TrainingData check(const std::vector<Sample>& train, const std::vector<Sample>& validation) {
  TrainingDataCheck check({});
  for (const auto& one : train)
    check.add(Channel::train, one);
  for (const auto& one : validation)
    check.add(Channel::validation, one);
  return check.finish({0, 0});
}

std::string errors(const TrainingData& data) {
  std::string all;
  for (const auto& problem : data.problems)
    if (problem.severity == Severity::error)
      all += problem.place + ": " + problem.text + " [" + problem.rule + "]\n";
  return all;
}

TEST(TrainingData, CountsWhatTheJobNeedsToKnow) {
  const auto data =
      check({sample("a", {{"dog", 0}, {"cat", 1}, {"dog", 0}}), sample("b", {{"dog", 0}})},
            {sample("c", {{"cat", 1}})});
  EXPECT_EQ(errors(data), "");
  EXPECT_EQ(data.num_classes, 2);
  EXPECT_EQ(data.images[0], 2);
  EXPECT_EQ(data.label_width, 5 * 3 + 2);
  EXPECT_EQ(data.label_attribute, "bb");
  EXPECT_TRUE(data.problems.empty());
}

TEST(TrainingData, WarnsOfAClassThatIsOnlyInValidation) {
  const auto data = check({sample("a", {{"dog", 0}})}, {sample("b", {{"cat", 1}})});
  ASSERT_EQ(data.problems.size(), 1U);
  EXPECT_EQ(data.problems[0].text, "'cat' is only in validation: the model never learns it");
  EXPECT_EQ(data.problems[0].severity, Severity::warning);
}

TEST(TrainingData, NamesWhatTheJobWouldFailOn) {
  auto unlabelled = sample("u", {});
  unlabelled.is_labelled = false;
  auto grey = sample("g", {{"dog", 0}});
  grey.depth = 1;
  auto renamed = sample("r", {{"dog", 0}});
  renamed.label_attribute = "category";
  auto local = sample("l", {{"dog", 0}});
  local.ref = "frames/l.jpg";
  const auto data = check({sample("a", {{"dog", 0}}), unlabelled, grey, renamed, local}, {});
  EXPECT_THAT(errors(data), HasSubstr("u:1: 's3://bucket/u' is not labelled"));
  EXPECT_THAT(errors(data), HasSubstr("1 colour channels, the algorithm takes 3"));
  EXPECT_THAT(errors(data), HasSubstr("'category' here and 'bb' in a:1"));
  EXPECT_THAT(errors(data), HasSubstr("'frames/l.jpg' is not in S3"));
  EXPECT_THAT(errors(data), HasSubstr("the job needs both train and validation"));
}

TEST(TrainingData, ClassIdsRunFromZeroWithoutAGapAndMeanTheSameInBoth) {
  EXPECT_THAT(errors(check({sample("a", {{"dog", 1}})}, {sample("b", {{"dog", 1}})})),
              HasSubstr("from -1 to 1"));
  EXPECT_THAT(errors(check({sample("a", {{"dog", 0}, {"cat", 2}})}, {sample("b", {{"dog", 0}})})),
              HasSubstr("from 0 to 2"));
  EXPECT_THAT(errors(check({sample("a", {{"dog", 0}})}, {sample("b", {{"cat", 0}})})),
              HasSubstr("class id 0 is 'cat' here and 'dog' in a:1"));
  EXPECT_THAT(errors(check({sample("a", {{"dog", -1}})}, {sample("b", {{"dog", 0}})})),
              HasSubstr("has no class id"));
}

TEST(TrainingJob, FollowsTheServicesRules) {
  TrainingJob job;
  job.name = "shapes-1";
  job.hyperparameters = {{"epochs", "10"}, {"learning_rate", "0.001"}};
  EXPECT_NO_THROW(check_training_job(job));
  for (const std::string& name :
       std::vector<std::string>{"", "-a", "a_b", "a-", std::string(64, 'a')}) {
    auto bad = job;
    bad.name = name;
    EXPECT_THROW(check_training_job(bad), Error) << name;
  }
  const std::vector<std::pair<std::string, std::string>> bad_values{
      {"num_classes", "3"},      {"label width", "350"}, {"epochs", "0"},
      {"learning_rate", "1.5"},  {"optimizer", "lion"},  {"image_shape", "200"},
      {"early_stopping", "true"}};
  for (const auto& entry : bad_values) {
    auto bad = job;
    bad.hyperparameters = {entry};
    EXPECT_THROW(check_training_job(bad), Error) << entry.first << "=" << entry.second;
  }
}

TEST(TrainingJob, IsTheRequestOfTheDocumentation) {
  TrainingJob job;
  job.name = "shapes-1";
  job.manifests = {"s3://b/train.manifest", "s3://b/validation.manifest"};
  job.hyperparameters = {{"mini_batch_size", "10"}};
  const auto data =
      check({sample("a", {{"dog", 0}}), sample("b", {{"dog", 0}})}, {sample("c", {{"dog", 0}})});
  const auto request = create_training_job(job, data);
  EXPECT_EQ(
      to_json(*request.find("InputDataConfig")->items[1].find("DataSource")),
      R"({"S3DataSource":{"S3DataType":"AugmentedManifestFile","S3Uri":"s3://b/validation.manifest",)"
      R"("S3DataDistributionType":"FullyReplicated","AttributeNames":["source-ref","bb"]}})");
  EXPECT_EQ(
      to_json(*request.find("HyperParameters")),
      R"({"num_classes":"1","num_training_samples":"2","label_width":"7","mini_batch_size":"10"})");
  EXPECT_EQ(request.find("RoleArn"), nullptr);
  EXPECT_EQ(missing_members(job).size(), 3U);
}

} // namespace
} // namespace mlopsctl::dataset
