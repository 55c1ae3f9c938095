// SPDX-License-Identifier: Apache-2.0
#include "templates/training_job.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"

#include <filesystem>

namespace mlopsctl::templates {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_max_name = 63; // API reference, CreateTrainingJob
constexpr std::size_t k_name_digits = 8;
constexpr std::int64_t k_default_label_width = 350; // the algorithm's own

[[noreturn]] void missing(const DeploySpec& spec, const std::string& key, const std::string& hint) {
  throw Error(Fault::input, spec.path + ": training." + key + " is missing", hint);
}

/// deploy.yaml's own folder is where its paths begin.
std::string local_folder(const DeploySpec& spec) {
  const auto& folder = spec.training->folder;
  return spec.path == "-" ? folder : (fs::path(spec.path).parent_path() / folder).string();
}

dataset::TrainingData counted(const DeploySpec& spec, const RenderOptions& options) {
  const auto folder = local_folder(spec);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(Fault::input, spec.path + ": training.folder: '" + folder + "' is no folder",
                "name the one that 'mlopsctl manifest split' wrote");
  auto data = options.read_training_data(folder, spec.training->label_attribute);
  for (const auto& problem : data.problems)
    if (problem.severity == Severity::error)
      throw Error(Fault::input, problem.place + ": " + problem.text,
                  "'mlopsctl manifest validate " + folder +
                      " --for sagemaker-object-detection' lists all that the job would fail on");
  return data;
}

dataset::TrainingData said(const DeploySpec& spec) {
  const auto& training = *spec.training;
  const std::string hint = "'mlopsctl manifest validate DIR --for sagemaker-object-detection' "
                           "counts it; or add folder: DIR, with the data sets";
  if (!training.num_classes)
    missing(spec, "num_classes", hint);
  if (!training.num_training_samples)
    missing(spec, "num_training_samples", hint);
  dataset::TrainingData data;
  data.num_classes = *training.num_classes;
  data.images[0] = *training.num_training_samples;
  data.label_width = training.label_width.value_or(k_default_label_width);
  data.label_attribute = training.label_attribute;
  return data;
}

std::string job_name(const DeploySpec& spec, const Value& request) {
  const auto digest = sha256(to_json(request)).substr(7, k_name_digits);
  auto name = spec.name.substr(0, k_max_name - 1 - k_name_digits);
  while (name.ends_with('-'))
    name.pop_back();
  return name + "-" + digest;
}

} // namespace

Value training_job(const DeploySpec& spec, const RenderOptions& options) {
  const auto& training = *spec.training;
  if (training.image.empty())
    missing(spec, "image",
            "the algorithm's image in the registry of " + spec.region +
                " (SageMaker's list of Docker registry paths)");
  if (training.output.empty())
    missing(spec, "output", "add output: s3://bucket/prefix, or artifacts.bucket");
  const auto data = training.folder.empty() ? said(spec) : counted(spec, options);
  dataset::TrainingJob job;
  job.image = training.image;
  job.role = training.role;
  job.output = training.output;
  job.instance = training.instance;
  job.manifests = {training.train, training.validation};
  job.hyperparameters = training.hyperparameters;
  job.name = job_name(spec, dataset::create_training_job(job, data));
  Value out = Value::object();
  out["name"] = job.name;
  out["request"] = to_json(dataset::create_training_job(job, data), 2) + "\n";
  out["folder"] = training.folder.empty() ? Value() : Value(local_folder(spec));
  out["warnings"] = Value::array();
  for (const auto& problem : data.problems)
    out["warnings"].push(problem.place + ": " + problem.text);
  return out;
}

} // namespace mlopsctl::templates
