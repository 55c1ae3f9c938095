// SPDX-License-Identifier: Apache-2.0
#include "bench/local_system.hpp"

#include "bench/redact.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/time.hpp"
#include "imaging/codecs.hpp"

namespace mlopsctl::bench {
namespace {

dataset::Sample to_sample(const RunImage& image, const inference::Prediction& prediction,
                          const std::vector<std::string>& labels) {
  dataset::Sample sample;
  sample.ref = image.ref;
  sample.place = image.place;
  for (const auto& detection : prediction.detections) {
    auto& annotation = sample.annotations.emplace_back();
    annotation.label = labels[static_cast<std::size_t>(detection.class_id)];
    annotation.score = detection.score;
    annotation.box = detection.box;
  }
  for (const auto& guess : prediction.classes) {
    auto& image_class = sample.classes.emplace_back();
    image_class.label = labels[static_cast<std::size_t>(guess.class_id)];
    image_class.score = guess.score;
  }
  return sample;
}

class LocalResponder final : public Responder {
public:
  explicit LocalResponder(inference::Model model) : model_(std::move(model)) {}

  Measured measure(const RunImage& image, Clock::time_point start) override {
    const Decoded decoded = decode(image);
    const auto prediction = model_.run(decoded.image, inference::Threshold::evaluate);
    Measured measured;
    measured.latency_ns = since_ns(start);
    measured.timing = prediction.timing;
    measured.timing.decode_ms = decoded.decode_ms;
    measured.prediction = to_sample(image, prediction, model_.spec().labels);
    return measured;
  }

  std::vector<Measured> measure(const Batch& batch) override {
    const auto start = Clock::now();
    const auto predictions = model_.run(batch.pictures, inference::Threshold::evaluate);
    const auto share_ns = since_ns(start) / static_cast<std::int64_t>(predictions.size());
    std::vector<Measured> all;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
      all.push_back({to_sample(*batch.images[i], predictions[i], model_.spec().labels),
                     predictions[i].timing, share_ns});
      all.back().timing.decode_ms = batch.decode_ms[i];
    }
    return all;
  }

  std::string engine() const override { return model_.engine(); }

private:
  inference::Model model_;
};

class LocalSystem final : public SystemUnderTest {
public:
  LocalSystem(const package::ModelPackage& package, std::string engine)
      : package_(package), engine_(std::move(engine)) {}

  std::unique_ptr<Responder> open(int threads) const override {
    return std::make_unique<LocalResponder>(inference::Model::load(package_, {engine_, threads}));
  }

  void describe(storage::BenchmarkRow& row) const override {
    row.model_name = package_.spec.name;
    row.model_version = package_.spec.version;
    row.model_digest = package_.digest;
    for (const auto& override_text : package_.overrides)
      row.overrides.push_back(redact_command_line(override_text));
  }

  bool is_in_this_process() const override { return true; }
  double score_threshold() const override { return package_.spec.decoder.score_threshold; }

private:
  const package::ModelPackage& package_;
  std::string engine_;
};

} // namespace

Decoded decode(const RunImage& wanted) {
  check_interrupt();
  const Stopwatch watch;
  Decoded decoded{imaging::decode_file(wanted.path), 0};
  decoded.decode_ms = watch.milliseconds();
  check_size(wanted, decoded.image.width, decoded.image.height);
  return decoded;
}

std::unique_ptr<SystemUnderTest> local_system(const package::ModelPackage& package,
                                              const std::string& engine) {
  return std::make_unique<LocalSystem>(package, engine);
}

} // namespace mlopsctl::bench
