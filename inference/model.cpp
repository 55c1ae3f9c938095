// SPDX-License-Identifier: Apache-2.0
#include "inference/model.hpp"

#include "core/error.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "inference/decoders.hpp"
#include "inference/engine.hpp"
#include "inference/nms.hpp"
#include "inference/preprocess.hpp"
#include "package/ssd.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace mlopsctl::inference {
namespace {

constexpr int k_evaluated_detections = 100; // COCO's maxDets

/// \throws Error(input) if the graph's input is not what model.yaml says.
void check_input(const package::ModelSpec& spec, int channels, const Engine& engine,
                 const std::string& place) {
  std::vector<std::string> names;
  for (const auto& input : engine.inputs()) {
    names.push_back(input.name);
    if (input.name != spec.input.name)
      continue;
    const std::vector<std::int64_t> expected{1, channels, spec.input.height, spec.input.width};
    bool fits = input.shape.size() == expected.size() || input.shape.empty();
    for (std::size_t i = 0; fits && i < input.shape.size(); ++i)
      fits = input.shape[i] == expected[i] || input.shape[i] == -1;
    if (input.type != "float32")
      throw Error(Fault::input,
                  place + ": input '" + input.name + "' of the graph takes " + input.type +
                      ", pictures become float32",
                  "export the model with a float32 input");
    if (!fits)
      throw Error(Fault::input,
                  place + ": input '" + input.name + "' of the graph is " +
                      shape_text(input.shape) + ", model.yaml makes " + shape_text(expected),
                  "correct input.width, height or color in model.yaml");
    if (engine.inputs().size() > 1)
      throw Error(Fault::input, place + ": the graph has " +
                                    std::to_string(engine.inputs().size()) +
                                    " inputs, a picture fills only one");
    return;
  }
  throw Error(Fault::input,
              place + ": the graph has no input '" + spec.input.name + "'" +
                  did_you_mean(spec.input.name, names),
              "input.name in model.yaml is one of: " + join(names, ", "));
}

/// Before the first picture where the file gives all shapes; an open size at the front is the
/// batch, of which we run one.
void check_promised(const Decoder& decoder, const package::ModelSpec& spec,
                    std::vector<TensorInfo> outputs) {
  for (auto& output : outputs) {
    if (!output.shape.empty() && output.shape.front() == -1)
      output.shape.front() = 1;
    if (output.shape.empty() ||
        std::find(output.shape.begin(), output.shape.end(), -1) != output.shape.end())
      return;
  }
  decoder.check(spec, outputs);
}

} // namespace

struct Model::State {
  package::ModelSpec spec;
  std::string place;
  int threads;
  Preprocessor preprocessor;
  std::unique_ptr<Engine> engine;
  const Decoder* decoder;
  std::optional<package::SsdModel> ssd; ///< of format mxnet-ssd
  std::vector<float> input;
  std::vector<TensorInfo> checked; ///< the outputs that were checked last
  std::vector<Tensor> sliced;      ///< one picture's part of the outputs

  /// \throws Error(input) if the graph has no room for so many pictures.
  void check_batch(std::size_t count) const;
  std::vector<Mapping> fill_input(std::span<const imaging::Image> images);
  std::span<const Tensor> slice(std::span<const Tensor> outputs, std::size_t index,
                                std::size_t count);
  Prediction decode(std::span<const Tensor> outputs, const Mapping& mapping, Threshold threshold);
  void check_outputs(std::span<const Tensor> outputs);
  std::vector<dataset::Detection> detections(Decoded decoded, const Mapping& mapping,
                                             Threshold threshold) const;
};

/// The shapes of a run may differ from those that the file promises.
void Model::State::check_outputs(std::span<const Tensor> outputs) {
  const bool is_checked = std::equal(
      outputs.begin(), outputs.end(), checked.begin(), checked.end(),
      [](const Tensor& output, const TensorInfo& info) { return output.shape == info.shape; });
  if (!is_checked) {
    checked.clear();
    for (const auto& output : outputs)
      checked.push_back({output.name, "float32", output.shape});
    decoder->check(spec, checked);
  }
  check_finite(outputs, place);
}

std::vector<dataset::Detection> Model::State::detections(Decoded decoded, const Mapping& mapping,
                                                         Threshold threshold) const {
  const auto& rules = spec.decoder.nms;
  const int limit = threshold == Threshold::evaluate
                        ? std::min(rules.max_detections, k_evaluated_detections)
                        : rules.max_detections;
  std::vector<dataset::Detection> found;
  auto candidates = std::move(decoded.candidates);
  if (!decoder->does_nms)
    candidates = nms(std::move(candidates), rules, limit);
  candidates.resize(std::min(candidates.size(), static_cast<std::size_t>(limit)));
  for (auto& detection : candidates) {
    // A sure object far outside: a graph that this engine computes wrongly, or another kind.
    const double far = 10.0 * std::max(spec.input.width, spec.input.height);
    const auto& box = detection.box;
    const bool is_near = std::abs(box.left) < far && std::abs(box.top) < far &&
                         std::abs(box.right()) < far && std::abs(box.bottom()) < far;
    if (!is_near && detection.score >= spec.decoder.score_threshold)
      throw Error(Fault::input,
                  place + ": a box of score " + fixed(detection.score, 2) + " at (" +
                      fixed(box.left, 0) + ", " + fixed(box.top, 0) + ") is far outside the " +
                      std::to_string(spec.input.width) + "x" + std::to_string(spec.input.height) +
                      " input",
                  "is decoder.kind right? some exports are computed wrongly by " + engine->name());
    const auto picture_box = is_near ? mapping.to_picture(box) : std::nullopt;
    if (!picture_box)
      continue;
    detection.box = *picture_box;
    found.push_back(detection);
  }
  return found;
}

void Model::State::check_batch(std::size_t count) const {
  for (const auto& info : engine->inputs())
    if (info.name == spec.input.name && !info.shape.empty() && info.shape.front() != -1 &&
        info.shape.front() != static_cast<std::int64_t>(count))
      throw Error(Fault::input,
                  place + ": the graph takes batches of " + std::to_string(info.shape.front()) +
                      ", not of " + std::to_string(count),
                  "export it with an open first dimension (dynamic axes), or pass --batch 1");
}

std::vector<Mapping> Model::State::fill_input(std::span<const imaging::Image> images) {
  std::vector<Mapping> mappings;
  if (images.size() == 1)
    return {preprocessor.run(images.front(), input)};
  std::vector<float> one;
  input.clear();
  for (const auto& image : images) {
    mappings.push_back(preprocessor.run(image, one));
    input.insert(input.end(), one.begin(), one.end());
  }
  return mappings;
}

std::span<const Tensor> Model::State::slice(std::span<const Tensor> outputs, std::size_t index,
                                            std::size_t count) {
  sliced.resize(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& from = outputs[i];
    if (from.shape.empty() || from.shape.front() != static_cast<std::int64_t>(count))
      throw Error(Fault::input,
                  place + ": output '" + from.name + "' is " + shape_text(from.shape) + " for " +
                      std::to_string(count) + " pictures: it does not say which is which",
                  "pass --batch 1");
    const std::size_t size = from.data.size() / count;
    sliced[i] = {from.name, from.shape, from.data.subspan(index * size, size)};
    sliced[i].shape.front() = 1;
  }
  return sliced;
}

Prediction Model::State::decode(std::span<const Tensor> outputs, const Mapping& mapping,
                                Threshold threshold) {
  check_outputs(outputs);
  const bool is_shown = threshold == Threshold::show;
  const double least = is_shown ? spec.decoder.score_threshold : spec.decoder.eval_score_threshold;
  Decoded decoded;
  decoder->decode(spec, outputs, {least, !is_shown, ssd ? &*ssd : nullptr}, decoded);
  Prediction prediction;
  prediction.embedding = std::move(decoded.embedding);
  prediction.outputs = std::move(decoded.outputs);
  prediction.classes = std::move(decoded.classes);
  std::stable_sort(prediction.classes.begin(), prediction.classes.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  if (spec.task == package::Task::detection)
    prediction.detections = detections(std::move(decoded), mapping, threshold);
  return prediction;
}

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::load(const package::ModelPackage& package, const EngineOptions& options) {
  const auto& spec = package.spec;
  if (options.threads < 0)
    throw Error(Fault::usage, "--threads: " + std::to_string(options.threads) + " is negative");
  const int threads = options.threads > 0 ? options.threads : default_jobs();
  const std::string place = package.path + ": " + spec.weights;
  const Decoder& decoder = find_decoder(spec);
  // MXNet itself is not needed: its graph becomes one that the other engines read.
  const bool is_ssd = spec.format == package::k_mxnet_ssd;
  auto ssd = is_ssd ? std::optional(package::translate_ssd(package)) : std::nullopt;
  const EngineEntry& entry = find_engine(options.name, is_ssd ? "onnx" : spec.format);
  auto engine = entry.open(ssd ? GraphFile{ssd->onnx, place, ""}
                               : GraphFile{package.weights, place, package.weights_digest},
                           threads);
  if (ssd)
    std::string().swap(ssd->onnx); // the engine has its own copy
  Preprocessor preprocessor(spec.input);
  check_input(spec, preprocessor.channels(), *engine, place);
  check_promised(decoder, spec, engine->outputs());
  return Model(std::unique_ptr<State>(new State{spec,
                                                place,
                                                threads,
                                                std::move(preprocessor),
                                                std::move(engine),
                                                &decoder,
                                                std::move(ssd),
                                                {},
                                                {},
                                                {}}));
}

Prediction Model::run(const imaging::Image& image, Threshold threshold) {
  return std::move(run(std::span(&image, 1), threshold).front());
}

std::vector<Prediction> Model::run(std::span<const imaging::Image> images, Threshold threshold) {
  auto& state = *state_;
  const std::size_t count = images.size();
  state.check_batch(count);
  Stopwatch watch;
  const auto mappings = state.fill_input(images);
  const double preprocess_ms = watch.milliseconds();

  const auto& spec = state.spec;
  const Tensor input{spec.input.name,
                     {static_cast<std::int64_t>(count), state.preprocessor.channels(),
                      spec.input.height, spec.input.width},
                     state.input};
  const auto outputs = state.engine->run({&input, 1});
  const double infer_ms = watch.milliseconds() - preprocess_ms;

  std::vector<Prediction> predictions;
  for (std::size_t i = 0; i < count; ++i)
    predictions.push_back(state.decode(count == 1 ? outputs : state.slice(outputs, i, count),
                                       mappings[i], threshold));
  const double all_ms = watch.milliseconds();
  const auto share = static_cast<double>(count);
  for (auto& prediction : predictions)
    prediction.timing = {0, preprocess_ms / share, infer_ms / share,
                         (all_ms - preprocess_ms - infer_ms) / share};
  return predictions;
}

const package::ModelSpec& Model::spec() const {
  return state_->spec;
}

std::string Model::engine() const {
  return state_->engine->name();
}

int Model::threads() const {
  return state_->threads;
}

} // namespace mlopsctl::inference
