// SPDX-License-Identifier: Apache-2.0
#include "package/deployable.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "formats/model/mxnet_deploy.hpp"
#include "formats/model/mxnet_ssd.hpp"
#include "package/inspect.hpp"
#include "package/model_package.hpp"
#include "package/package_files.hpp"
#include "package/ssd.hpp"

#include <algorithm>

namespace mlopsctl::package {
namespace {

constexpr const char* k_hyperparameters = "hyperparams.json";
constexpr std::string_view k_symbol_ending = "-symbol.json";
constexpr std::string_view k_params_ending = ".params";
constexpr std::string_view k_deploy_prefix = "deploy_"; // as deploy.py names its files
constexpr std::uint64_t k_hyperparameters_bytes = std::uint64_t{1} << 20;
constexpr int k_max_side_px = 8192;

/// The files of a training job that matter.
struct TrainingFiles {
  std::string prefix; ///< "model_algo_1"
  std::string params_name, symbol_name;
  std::string params, symbol;
  std::string hyperparameters; ///< empty: there are none
};

[[noreturn]] void fail(const std::string& place, const std::string& text,
                       const std::string& hint = "give the model.tar.gz of a training job of "
                                                 "SageMaker's object detection") {
  throw Error(Fault::input, place + ": " + text, hint);
}

void take_one(std::string& name, const std::string& found, const std::string& training) {
  if (!name.empty())
    fail(training, "holds '" + printable(name) + "' and '" + printable(found) + "'",
         "leave the files of one training in it");
  name = found;
}

/// "model_algo_1-0000.params" belongs to "model_algo_1-symbol.json".
void check_names(const std::string& training, const TrainingFiles& files) {
  if (files.symbol_name.empty() || files.params_name.empty())
    fail(training, "there is no " + std::string(files.symbol_name.empty() ? "-symbol.json" : "") +
                       (files.symbol_name.empty() && files.params_name.empty() ? " and no " : "") +
                       (files.params_name.empty() ? "-0000.params" : "") + " at its top");
  if (symbol_file(files.params_name) != files.symbol_name)
    fail(training, "'" + printable(files.params_name) + "' are no weights of '" +
                       printable(files.symbol_name) + "'");
}

TrainingFiles read_training(const std::string& training) {
  const OpenLimits limits;
  TrainingFiles files;
  visit_package(training, limits.archive, [&](const PackageItem& item, ByteSource& bytes) {
    if (item.name.find('/') != std::string::npos)
      return;
    if (item.name == k_hyperparameters) {
      files.hyperparameters = read_all(bytes, k_hyperparameters_bytes);
    } else if (item.name.ends_with(k_symbol_ending)) {
      take_one(files.symbol_name, item.name, training);
      files.symbol = read_all(bytes, limits.symbol_bytes);
    } else if (item.name.ends_with(k_params_ending)) {
      take_one(files.params_name, item.name, training);
      files.params = read_all(bytes, limits.weights_bytes);
    }
  });
  check_names(training, files);
  files.prefix = files.symbol_name.substr(0, files.symbol_name.size() - k_symbol_ending.size());
  return files;
}

/// The job's settings: a flat object whose values are texts.
class Hyperparameters {
public:
  Hyperparameters(const std::string& text, std::string place) : place_(std::move(place)) {
    if (text.empty())
      return;
    values_ = parse_json(text, place_);
    if (!values_.is_object())
      fail(place_, "is " + std::string(kind_name(values_.kind)) + ", an object was expected");
  }
  std::optional<std::string> text(const char* key) const {
    const Value* value = values_.find(key);
    if (!value || value->is_null())
      return std::nullopt;
    if (value->is_string())
      return value->string;
    return to_json(*value);
  }
  std::optional<double> number(const char* key) const {
    const auto word = text(key);
    if (!word)
      return std::nullopt;
    const auto value = parse_double(*word);
    if (!value)
      fail(place_, std::string(key) + ": '" + printable(*word) + "' is not a number");
    return value;
  }
  std::optional<std::int64_t> integer(const char* key, std::int64_t most) const {
    const auto word = text(key);
    if (!word)
      return std::nullopt;
    const auto value = parse_int(*word);
    if (!value || *value < 1 || *value > most)
      fail(place_, std::string(key) + ": '" + printable(*word) + "' is no number from 1 to " +
                       std::to_string(most));
    return value;
  }
  const std::string& place() const { return place_; }

private:
  std::string place_;
  Value values_;
};

int side_of(const DeployableOptions& options, const Hyperparameters& job) {
  if (options.image_shape_px)
    return *options.image_shape_px;
  if (const auto side = job.integer("image_shape", k_max_side_px))
    return static_cast<int>(*side);
  throw Error(
      Fault::input, job.place() + ": does not say image_shape, and neither does the graph",
      "give the side of the pictures that it was trained on with --image-shape, such as 512");
}

formats::MxDetection detection_of(const DeployableOptions& options, const Hyperparameters& job) {
  constexpr std::int64_t k_max_topk = 1'000'000;
  formats::MxDetection detection;
  detection.nms_threshold =
      options.nms_threshold.value_or(job.number("nms_threshold").value_or(detection.nms_threshold));
  if (detection.nms_threshold <= 0 || detection.nms_threshold > 1)
    fail(job.place(),
         "nms_threshold: " + number(detection.nms_threshold) + " is not above 0 and up to 1",
         "give another with --nms-threshold");
  detection.nms_topk =
      options.nms_topk.value_or(job.integer("nms_topk", k_max_topk).value_or(detection.nms_topk));
  detection.is_force_suppressed = !options.is_per_class;
  return detection;
}

void check_hyperparameters(const Hyperparameters& job, std::int64_t classes, Problems& warnings) {
  const auto warn = [&](const char* rule, const std::string& text) {
    warnings.push_back({rule, Severity::warning, job.place(), text});
  };
  const auto stated = job.text("num_classes");
  if (stated && *stated != std::to_string(classes))
    warn("hyperparameters", "num_classes is '" + printable(*stated) + "', the graph has " +
                                std::to_string(classes) +
                                " classes, which is what counts: is it of the same training?");
  if (job.text("base_network").value_or("resnet-50") != "resnet-50")
    warn("input-mean", "base_network is '" + printable(*job.text("base_network")) +
                           "': whether it wants a mean subtracted is not known; compare with what "
                           "the job reported, and set input.mean if boxes are poor");
}

std::vector<std::string> labels_of(const DeployableOptions& options, std::int64_t classes,
                                   const std::string& place, Problems& warnings) {
  if (!options.labels.empty() && static_cast<std::int64_t>(options.labels.size()) != classes)
    fail(place,
         "the graph has " + std::to_string(classes) + " classes, but there are " +
             std::to_string(options.labels.size()) + " labels",
         "give the list that it was trained with");
  if (!options.labels.empty())
    return options.labels;
  std::vector<std::string> labels;
  for (std::int64_t i = 0; i < classes; ++i)
    labels.push_back("class_" + std::to_string(i));
  warnings.push_back({"labels", Severity::warning, place,
                      "the names of its classes are not in it: they are called class_0 to class_" +
                          std::to_string(classes - 1) + "; give them with --labels"});
  return labels;
}

ModelSpec spec_of(const DeployableOptions& options, const TrainingFiles& files, int side,
                  const formats::MxDetection& detection) {
  ModelSpec spec;
  spec.name = options.name.empty() ? files.prefix : options.name;
  spec.version = "1";
  spec.format = options.is_onnx ? "onnx" : k_mxnet_ssd;
  spec.input.name = formats::k_ssd_input;
  spec.input.width = spec.input.height = side;
  spec.decoder.kind = k_mxnet_ssd;
  spec.decoder.eval_score_threshold = 0.01; // below, MXNet's detection drops them
  spec.decoder.nms = {detection.nms_threshold, !detection.is_force_suppressed,
                      static_cast<int>(detection.nms_topk)};
  spec.licence = options.licence;
  return spec;
}

/// The files of a package and their digests.
class Items {
public:
  void add(const std::string& name, std::string text, ModelSpec& spec) {
    spec.digests[name] = sha256(text);
    const auto bytes = std::make_shared<std::string>(std::move(text));
    items_.push_back(
        {name, bytes->size(), [bytes, name] { return source_from_text(std::move(*bytes), name); }});
  }
  std::vector<formats::PackItem> take() { return std::move(items_); }

private:
  std::vector<formats::PackItem> items_;
};

/// "deploy_model_algo_1"; a deploy graph keeps its name.
std::string deployed(const std::string& name) {
  return name.starts_with(k_deploy_prefix) ? name : std::string(k_deploy_prefix) + name;
}

} // namespace

PackedModel pack_deployable(const std::string& training, const DeployableOptions& options,
                            const std::string& output, Existing existing, int jobs) {
  auto files = read_training(training);
  const Hyperparameters job(files.hyperparameters, training + ": " + k_hyperparameters);
  const auto detection = detection_of(options, job);
  const int side = side_of(options, job);
  const auto graph_name = training + ": " + files.symbol_name;
  const auto graph = formats::deploy_mxnet_ssd(formats::read_mxnet_symbol(files.symbol, graph_name),
                                               detection, graph_name);
  const auto arrays = formats::read_mxnet_params(files.params, training + ": " + files.params_name);
  // What is deployed as MXNet's files was translated once, too: it can be run.
  auto ssd = formats::translate_mxnet_ssd(graph, arrays, side, side, graph_name,
                                          options.is_onnx ? formats::MxSsdEnd::boxes
                                                          : formats::MxSsdEnd::trunk);
  Problems warnings;
  check_hyperparameters(job, ssd.classes, warnings);
  auto spec = spec_of(options, files, side, detection);
  spec.labels = labels_of(options, ssd.classes, graph_name, warnings);
  Items items;
  if (options.is_onnx) {
    spec.weights = "model.onnx";
    items.add(spec.weights, std::move(ssd.onnx), spec);
  } else {
    spec.weights = deployed(files.params_name);
    items.add(symbol_file(spec.weights), formats::mxnet_symbol_json(graph), spec);
    items.add(spec.weights, std::move(files.params), spec);
  }
  if (!files.hyperparameters.empty())
    items.add(k_hyperparameters, std::move(files.hyperparameters), spec);
  auto packed =
      write_model(spec, to_model_yaml(spec), items.take(), training, output, existing, jobs);
  packed.warnings = std::move(warnings);
  return packed;
}

} // namespace mlopsctl::package
