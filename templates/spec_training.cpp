// SPDX-License-Identifier: Apache-2.0
// Section 'training'.
#include "core/text.hpp"
#include "dataset/sagemaker.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

namespace mlopsctl::templates {
namespace {

/// The service takes texts; people write numbers.
std::string scalar_text(const Value& value) {
  switch (value.kind) {
  case Value::Kind::string: return value.string;
  case Value::Kind::integer: return std::to_string(value.integer);
  case Value::Kind::number: return number(value.real);
  case Value::Kind::boolean: return value.boolean ? "True" : "False";
  default: return {};
  }
}

void read_hyperparameters(ObjectReader& reader, Training& training) {
  const Value* chosen = reader.child("hyperparameters");
  if (!chosen)
    return;
  if (!chosen->is_object())
    reader.fail("hyperparameters", "is not a list of names and values",
                "write them as {epochs: 30, learning_rate: 0.001}");
  for (const auto& [name, value] : chosen->members) {
    auto text = scalar_text(value);
    if (const auto fault = dataset::hyperparameter_fault(name, text); !fault.empty())
      reader.fail("hyperparameters", fault);
    training.hyperparameters.emplace_back(name, std::move(text));
  }
}

std::optional<std::int64_t> read_count(ObjectReader& reader, const std::string& key,
                                       const std::string& reason) {
  if (!reader.child(key))
    return std::nullopt;
  constexpr std::int64_t k_most = 100'000'000;
  return check_range(reader, key, reader.integer(key), 1, k_most, reason);
}

/// What follows from the data: counted where the data is here, else said.
void read_figures(ObjectReader& reader, Training& training) {
  training.folder = reader.text("folder", "");
  if (training.folder.find("://") != std::string::npos)
    reader.fail("folder", "'" + shown(training.folder) + "' is not on this machine",
                "name the folder that 'mlopsctl manifest split' wrote");
  training.num_classes = read_count(reader, "num_classes", "classes of the train channel");
  training.num_training_samples =
      read_count(reader, "num_training_samples", "lines of the train channel");
  training.label_width =
      read_count(reader, "label_width", "5 values a box of the fullest image, and 2");
  for (const auto* key : {"num_classes", "num_training_samples", "label_width"})
    if (!training.folder.empty() && reader.child(key))
      reader.fail(key, "follows from the data in folder: " + shown(training.folder),
                  "leave it out");
}

} // namespace

std::optional<Training> read_training(ObjectReader& top, const DeploySpec& spec) {
  auto reader = top.object("training");
  if (!reader)
    return std::nullopt;
  Training training;
  training.train = check_s3_url(*reader, "train", reader->text("train"));
  training.validation = check_s3_url(*reader, "validation", reader->text("validation"));
  // Ground Truth, "Output data": the attribute name is a JSON key of at most 127 characters.
  training.label_attribute = check_name(*reader, "label_attribute", reader->text("label_attribute"),
                                        {"a label attribute name", 1, 127, "-"});
  training.instance =
      check_name(*reader, "instance", reader->text("instance"), {"an instance type", 4, 64, "-."});
  if (!training.instance.starts_with("ml."))
    reader->fail("instance", "'" + shown(training.instance) + "' is not one of SageMaker's",
                 "they begin with ml., such as ml.g4dn.xlarge");
  training.role = check_role_arn(*reader, "role", reader->text("role"));
  const bool has_bucket = spec.artifacts && !spec.artifacts->bucket.empty();
  training.output = reader->text("output", has_bucket ? "s3://" + spec.artifacts->bucket + "/" +
                                                            spec.artifacts->prefix + "training"
                                                      : "");
  if (!training.output.empty())
    check_s3_url(*reader, "output", training.output);
  training.image = reader->text("image", dataset::training_image(spec.region));
  if (!training.image.empty())
    check_name(*reader, "image", training.image, {"the name of an image", 1, 255, "-_./:@"});
  read_hyperparameters(*reader, training);
  read_figures(*reader, training);
  reader->finish();
  return training;
}

} // namespace mlopsctl::templates
