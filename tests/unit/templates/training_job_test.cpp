// SPDX-License-Identifier: Apache-2.0
#include "dataset/sagemaker.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace mlopsctl::templates {
namespace {

using testing::HasSubstr;

std::string with_training(const std::string& more) {
  return k_common +
         "training: {train: s3://sets/train.manifest, validation: s3://sets/v.manifest, "
         "label_attribute: bb, instance: ml.p3.2xlarge, role: "
         "\"arn:aws:iam::123456789012:role/train\"" +
         more + "}\n";
}

Rendered render_job(const std::string& text, const RenderOptions& options = {}) {
  return render_kind(find_kind("training-job"), parse_spec(text, "d.yaml"), options);
}

Value request_of(const Rendered& rendered) {
  return parse_json(rendered.files.at(0).text, "request");
}

TEST(TrainingJob, SaysWhatTheSectionSays) {
  const auto request = request_of(render_job(with_training(
      ", num_classes: 3, num_training_samples: 40, hyperparameters: {epochs: 5, learning_rate: "
      "0.0005, lr_scheduler_step: \"10,20\", early_stopping: true}")));
  EXPECT_EQ(text_at(request, {"RoleArn"}), "arn:aws:iam::123456789012:role/train");
  EXPECT_EQ(text_at(request, {"AlgorithmSpecification", "TrainingImage"}),
            "685385470294.dkr.ecr.eu-west-1.amazonaws.com/object-detection:1");
  EXPECT_EQ(text_at(request, {"OutputDataConfig", "S3OutputPath"}), "s3://my-artifacts/m/training");
  EXPECT_EQ(text_at(request, {"ResourceConfig", "InstanceType"}), "ml.p3.2xlarge");
  EXPECT_EQ(text_at(request, {"HyperParameters"}),
            R"({"num_classes":"3","num_training_samples":"40","label_width":"350",)"
            R"("mini_batch_size":"32","epochs":"5","learning_rate":"5e-04",)"
            R"("lr_scheduler_step":"10,20","early_stopping":"True"})");
  const Value& train = request.find("InputDataConfig")->items.at(0);
  EXPECT_EQ(text_at(train, {"DataSource", "S3DataSource", "AttributeNames"}),
            R"(["source-ref","bb"])");
}

TEST(TrainingJob, IsNamedAfterWhatItDoes) {
  const std::string figures = ", num_classes: 3, num_training_samples: 40";
  const auto name = [&](const std::string& more) {
    return text_at(request_of(render_job(with_training(figures + more))), {"TrainingJobName"});
  };
  EXPECT_THAT(name(""), testing::MatchesRegex("signs-[0-9a-f]{8}"));
  EXPECT_EQ(name(""), name(""));
  EXPECT_NE(name(""), name(", hyperparameters: {epochs: 5}"));
  auto text = with_training(figures);
  text.replace(text.find("name: signs"), 11, "name: " + std::string(54, 'a') + "----------");
  EXPECT_EQ(text_at(request_of(render_job(text)), {"TrainingJobName"}).substr(0, 55),
            std::string(54, 'a') + "-");
}

TEST(TrainingJob, CountsWhatIsHere) {
  const auto folder = std::filesystem::temp_directory_path().string();
  RenderOptions options;
  options.read_training_data = [&](const std::string& from, const std::string& attribute) {
    EXPECT_EQ(from, folder);
    dataset::TrainingData data;
    data.images = {7, 2};
    data.num_classes = 5;
    data.label_width = 22;
    data.label_attribute = attribute;
    data.problems.push_back({"r", Severity::warning, "train", "is small"});
    return data;
  };
  const auto text = with_training(", folder: " + folder);
  const auto rendered = render_job(text, options);
  EXPECT_THAT(to_json(request_of(rendered)),
              HasSubstr(R"({"num_classes":"5","num_training_samples":"7","label_width":"22")"));
  EXPECT_EQ(rendered.warnings.at(0), "train: is small");
  EXPECT_EQ(rendered.next.at(0),
            "mlopsctl store cp " + folder + "/train.manifest s3://sets/train.manifest");

  options.read_training_data = [](const std::string&, const std::string&) {
    dataset::TrainingData data;
    data.problems.push_back({"r", Severity::error, "t.manifest:3", "lacks the label"});
    return data;
  };
  EXPECT_THAT(error_of([&] { render_job(text, options); }),
              HasSubstr("t.manifest:3: lacks the label"));
}

TEST(TrainingJob, NamesWhatIsMissing) {
  const auto failure = [](const std::string& text) {
    return error_and_hint_of([&] { render_job(text); });
  };
  EXPECT_THAT(failure(with_training("")), HasSubstr("training.num_classes is missing"));
  EXPECT_THAT(failure(with_training(", num_classes: 3")),
              HasSubstr("training.num_training_samples is missing"));
  EXPECT_THAT(failure(with_training(", folder: nosuch/folder")),
              HasSubstr("training.folder: 'nosuch/folder' is no folder"));
  auto text = with_training(", num_classes: 3, num_training_samples: 4");
  text.replace(text.find("artifacts:"), k_artifacts.size(), "");
  EXPECT_THAT(failure(text), HasSubstr("training.output is missing"));
  text.replace(text.find("eu-west-1"), 9, "eu-south-9");
  EXPECT_THAT(failure(text), HasSubstr("training.image is missing"));
}

TEST(TrainingJob, RefusesWhatTheServiceWould) {
  const auto refused = [](const std::string& more) { return refusal(with_training(more)); };
  EXPECT_THAT(refused(", hyperparameters: {epoch: 3}"),
              HasSubstr("training.hyperparameters: 'epoch' is unknown, did you mean 'epochs'?"));
  EXPECT_THAT(refused(", hyperparameters: {optimizer: lion}"), HasSubstr("'lion' is none of sgd"));
  EXPECT_THAT(refused(", hyperparameters: {learning_rate: 2}"),
              HasSubstr("'2' is not a number over 0 and up to 1"));
  EXPECT_THAT(refused(", hyperparameters: {num_classes: 2}"), HasSubstr("follows from the data"));
  EXPECT_THAT(refused(", hyperparameters: [1]"), HasSubstr("is not a list of names and values"));
  EXPECT_THAT(refused(", num_classes: 0"), HasSubstr("0 is outside 1 to"));
  EXPECT_THAT(refused(", folder: splits, num_classes: 2"),
              HasSubstr("training.num_classes: follows from the data in folder: splits"));
  EXPECT_THAT(refused(", folder: s3://sets/splits"), HasSubstr("is not on this machine"));
  EXPECT_THAT(refused(", image: \"a b\""), HasSubstr("is not the name of an image"));
}

} // namespace
} // namespace mlopsctl::templates
