// SPDX-License-Identifier: Apache-2.0
#include "commands/predictor.hpp"

#include "bench/service_model.hpp"
#include "commands/service_choice.hpp"
#include "core/io.hpp"
#include "imaging/codecs.hpp"
#include "inference/engine.hpp"

#include <future>

namespace mlopsctl::commands {
namespace {

class LocalPredictor final : public Predictor {
public:
  explicit LocalPredictor(const PredictorOptions& options)
      : preload_(inference::preload_engine(options.engine.name)),
        package_(package::open_model(options.model, options.overrides)),
        model_(inference::Model::load(package_, {options.engine.name, options.engine.threads})),
        threshold_(options.threshold) {}

  void prepare(Loaded&) override {}
  inference::Prediction predict(const Loaded& loaded) override {
    auto prediction = model_.run(loaded.image, threshold_);
    prediction.timing.decode_ms = loaded.decode_ms;
    return prediction;
  }
  const package::ModelSpec& spec() const override { return model_.spec(); }
  std::string digest() const override { return package_.digest; }
  std::string engine() const override { return model_.engine(); }
  int threads() const override { return model_.threads(); }

private:
  std::future<void> preload_;
  package::ModelPackage package_;
  inference::Model model_;
  inference::Threshold threshold_;
};

class ServicePredictor final : public Predictor {
public:
  explicit ServicePredictor(const PredictorOptions& options)
      : model_(service_options(options.model, options.token_file)) {}

  /// The file as it is; a frame of a video without loss, so that the service sees its pixels.
  void prepare(Loaded& loaded) override {
    loaded.reply =
        model_.ask(loaded.input.frame ? imaging::encode_png(loaded.image)
                                      : read_file(loaded.input.path, bench::k_picture_bytes));
  }
  inference::Prediction predict(const Loaded& loaded) override {
    return model_.read(*loaded.reply, loaded.input.place);
  }
  const package::ModelSpec& spec() const override { return model_.spec(); }
  std::string digest() const override { return model_.description().model_digest; }
  std::string engine() const override {
    const auto& row = model_.description();
    return row.engine.empty() ? row.model_name : row.engine + " " + row.engine_version;
  }
  int threads() const override { return model_.description().threads; }

private:
  bench::ServiceModel model_;
};

void refuse(bool is_given, const std::string& flag) {
  if (is_given)
    throw Error(Fault::usage, flag + " is for a model in this process, and --model is a service");
}

} // namespace

std::unique_ptr<Predictor> open_predictor(const PredictorOptions& options) {
  if (!bench::is_service(options.model)) {
    if (!options.token_file.empty())
      throw Error(Fault::usage, "--token-file is for a --model that is a service");
    return std::make_unique<LocalPredictor>(options);
  }
  refuse(!options.engine.name.empty(), "--engine");
  refuse(!options.engine.onnxruntime.empty(), "--onnxruntime");
  refuse(options.engine.threads != 0, "--threads");
  refuse(!options.overrides.empty(), "--set");
  refuse(options.threshold == inference::Threshold::evaluate, "--threshold evaluate");
  return std::make_unique<ServicePredictor>(options);
}

} // namespace mlopsctl::commands
