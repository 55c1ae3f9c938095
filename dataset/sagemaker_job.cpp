// SPDX-License-Identifier: Apache-2.0
// The CreateTrainingJob request. Source: API reference, CreateTrainingJob; developer guide, "Object
// Detection Hyperparameters".
#include "core/text.hpp"
#include "dataset/sagemaker.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

namespace mlopsctl::dataset {
namespace {

constexpr std::size_t k_max_name = 63;
constexpr std::int64_t k_default_batch = 32;
constexpr std::int64_t k_volume_gb = 50;
constexpr std::int64_t k_max_runtime_s = 86'400;
constexpr double k_any = std::numeric_limits<double>::max();

/// A hyperparameter that a person may choose; the others follow from the data.
struct Hyperparameter {
  std::string_view name;
  std::vector<std::string> choices; ///< empty: a number, or any text
  double above = 0;                 ///< numbers: > above ...
  double at_most = 0;               ///< ... and <= at_most; 0: a text
};

const std::vector<Hyperparameter>& hyperparameters() {
  static const std::vector<Hyperparameter> table{
      {"base_network", {"vgg-16", "resnet-50"}},
      {"use_pretrained_model", {"0", "1"}},
      {"image_shape", {}, 299, k_any},
      {"epochs", {}, 0, k_any},
      {"mini_batch_size", {}, 0, k_any},
      {"learning_rate", {}, 0, 1},
      {"lr_scheduler_step", {}},
      {"lr_scheduler_factor", {}, 0, 1},
      {"optimizer", {"sgd", "adam", "rmsprop", "adadelta"}},
      {"momentum", {}, 0, 1},
      {"weight_decay", {}, 0, 1},
      {"overlap_threshold", {}, 0, 1},
      {"nms_threshold", {}, 0, 1},
      {"freeze_layer_pattern", {}},
      {"kv_store", {"dist_sync", "dist_async"}},
      {"early_stopping", {"True", "False"}},
      {"early_stopping_min_epochs", {}, 0, k_any},
      {"early_stopping_patience", {}, 0, k_any},
      {"early_stopping_tolerance", {}, 0, 1},
  };
  return table;
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint = {}) {
  throw Error(Fault::usage, what, hint);
}

/// [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}
bool is_job_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= k_max_name && is_word(name.front()) &&
         is_word(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_word(c) || c == '-'; });
}

Value channel(const std::string& name, const std::string& uri, const TrainingJob& job,
              const TrainingData& data) {
  Value source = Value::object();
  source["S3DataType"] = "AugmentedManifestFile";
  if (!uri.empty())
    source["S3Uri"] = uri;
  source["S3DataDistributionType"] = "FullyReplicated";
  Value attributes = Value::array(); // their order is the order in the stream: the image first
  attributes.push("source-ref");
  attributes.push(data.label_attribute);
  source["AttributeNames"] = std::move(attributes);
  Value out = Value::object();
  out["ChannelName"] = name;
  out["DataSource"]["S3DataSource"] = std::move(source);
  out["ContentType"] = "application/x-recordio";
  out["RecordWrapperType"] = "RecordIO";
  out["CompressionType"] = "None";
  out["InputMode"] = "Pipe"; // augmented manifests know no other
  if (name == "train")
    out["ShuffleConfig"]["Seed"] = static_cast<std::int64_t>(job.seed);
  return out;
}

Value hyperparameter_values(const TrainingJob& job, const TrainingData& data) {
  Value values = Value::object(); // every value is a text
  values["num_classes"] = std::to_string(data.num_classes);
  values["num_training_samples"] = std::to_string(data.images[0]);
  values["label_width"] = std::to_string(data.label_width);
  values["mini_batch_size"] = std::to_string(std::clamp<std::int64_t>(
      data.images[0], 1, k_default_batch)); // the default of 32 is too many for a small set
  for (const auto& [name, value] : job.hyperparameters)
    values[name] = value;
  return values;
}

} // namespace

std::string hyperparameter_fault(const std::string& name, const std::string& value) {
  static const std::vector<std::string_view> k_computed{"num_classes", "num_training_samples",
                                                        "label_width"};
  if (std::find(k_computed.begin(), k_computed.end(), name) != k_computed.end())
    return "'" + name + "' follows from the data: leave it out";
  std::vector<std::string> names;
  for (const auto& known : hyperparameters()) {
    names.emplace_back(known.name);
    if (known.name != name)
      continue;
    if (!known.choices.empty() &&
        std::find(known.choices.begin(), known.choices.end(), value) == known.choices.end())
      return name + ": '" + printable(value) + "' is none of " + join(known.choices, ", ");
    if (known.at_most <= 0)
      return {};
    const auto parsed = parse_double(value);
    if (!parsed || *parsed <= known.above || *parsed > known.at_most)
      return name + ": '" + printable(value) + "' is not a number over " + number(known.above) +
             (known.at_most < k_any ? " and up to " + number(known.at_most) : std::string());
    return {};
  }
  return "'" + printable(name) + "' is unknown" + did_you_mean(name, names);
}

std::string training_image(std::string_view region) {
  static const std::map<std::string_view, std::string_view> k_accounts{
      {"ap-northeast-1", "501404015308"}, {"ap-northeast-2", "306986355934"},
      {"ap-south-1", "991648021394"},     {"ap-southeast-1", "475088953585"},
      {"ap-southeast-2", "544295431143"}, {"ca-central-1", "469771592824"},
      {"eu-central-1", "813361260812"},   {"eu-west-1", "685385470294"},
      {"eu-west-2", "644912444149"},      {"us-east-1", "811284229777"},
      {"us-east-2", "825641698319"},      {"us-gov-west-1", "226302683700"},
      {"us-west-1", "632365934929"},      {"us-west-2", "433757028032"},
  };
  const auto found = k_accounts.find(region);
  if (found == k_accounts.end())
    return {};
  return std::string(found->second) + ".dkr.ecr." + std::string(region) +
         ".amazonaws.com/object-detection:1";
}

void check_training_job(const TrainingJob& job) {
  if (!is_job_name(job.name))
    refuse("--job-name: '" + job.name + "' is no name of a training job",
           "1 to 63 letters, digits and single '-' between them");
  if (!job.role.empty() && !job.role.starts_with("arn:"))
    refuse("--role: '" + job.role + "' is not an ARN", "such as arn:aws:iam::123456789012:role/x");
  for (const auto& uri : {job.output, job.manifests[0], job.manifests[1]})
    if (!uri.empty() && (!uri.starts_with("s3://") || uri.size() < 8))
      refuse("'" + uri + "' is not s3://bucket/prefix");
  if (!job.instance.starts_with("ml."))
    refuse("--instance: '" + job.instance + "' is no instance type", "such as ml.g4dn.xlarge");
  for (const auto& [name, value] : job.hyperparameters)
    if (const auto fault = hyperparameter_fault(name, value); !fault.empty())
      refuse("--hyperparameter: " + fault);
}

std::vector<std::string> missing_members(const TrainingJob& job) {
  std::vector<std::string> missing;
  const auto want = [&](const std::string& value, const char* member) {
    if (value.empty())
      missing.emplace_back(member);
  };
  want(job.image, "TrainingImage (--training-image)");
  want(job.role, "RoleArn (--role)");
  want(job.output, "S3OutputPath (--s3-output)");
  want(job.manifests[0], "S3Uri of the manifests (--s3-prefix)");
  return missing;
}

Value create_training_job(const TrainingJob& job, const TrainingData& data) {
  Value request = Value::object();
  request["TrainingJobName"] = job.name;
  if (!job.image.empty())
    request["AlgorithmSpecification"]["TrainingImage"] = job.image;
  request["AlgorithmSpecification"]["TrainingInputMode"] = "Pipe";
  if (!job.role.empty())
    request["RoleArn"] = job.role;
  Value channels = Value::array();
  channels.push(channel("train", job.manifests[0], job, data));
  channels.push(channel("validation", job.manifests[1], job, data));
  request["InputDataConfig"] = std::move(channels);
  if (!job.output.empty())
    request["OutputDataConfig"]["S3OutputPath"] = job.output;
  Value resources = Value::object();
  resources["InstanceType"] = job.instance;
  resources["InstanceCount"] = 1;
  resources["VolumeSizeInGB"] = k_volume_gb;
  request["ResourceConfig"] = std::move(resources);
  request["StoppingCondition"]["MaxRuntimeInSeconds"] = k_max_runtime_s;
  request["HyperParameters"] = hyperparameter_values(job, data);
  return request;
}

} // namespace mlopsctl::dataset
