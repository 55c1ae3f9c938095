// SPDX-License-Identifier: Apache-2.0
#include "bench/runner.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "imaging/codecs.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

namespace mlopsctl::bench {
namespace {

struct Measured {
  dataset::Sample prediction;
  inference::Timing timing;
  std::int64_t latency_ns = 0;
};

void check_size(const RunImage& wanted, const imaging::Image& image) {
  if (wanted.width == 0 || (wanted.width == image.width && wanted.height == image.height))
    return;
  const auto size = [](int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
  };
  throw Error(Fault::input,
              wanted.path + ": is " + size(image.width, image.height) + ", the truth (" +
                  wanted.place + ") says " + size(wanted.width, wanted.height),
              wanted.width == image.height && wanted.height == image.width
                  ? "a camera turned it (EXIF): 'manifest convert --exif apply' turns the boxes"
                  : "is this the picture that was labelled?");
}

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

Measured measure(inference::Model& model, const RunImage& wanted) {
  check_interrupt();
  const auto start = std::chrono::steady_clock::now();
  const Stopwatch decode_watch;
  const imaging::Image image = imaging::decode_file(wanted.path);
  const double decode_ms = decode_watch.milliseconds();
  auto prediction = model.run(image, inference::Threshold::evaluate);
  Measured measured;
  measured.latency_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start)
          .count();
  check_size(wanted, image);
  measured.timing = prediction.timing;
  measured.timing.decode_ms = decode_ms;
  measured.prediction = to_sample(wanted, prediction, model.spec().labels);
  return measured;
}

/// One model a thread: a model runs one picture at a time.
class ModelPool {
public:
  ModelPool(const package::ModelPackage& package, const std::string& engine, int count,
            int threads_each) {
    for (int i = 0; i < count; ++i)
      models_.push_back(inference::Model::load(package, {engine, threads_each}));
  }

  Measured measure_with_any(const RunImage& image) {
    std::optional<inference::Model> model;
    {
      const std::lock_guard lock(mutex_);
      model.emplace(std::move(models_.back()));
      models_.pop_back();
    }
    Measured measured = measure(*model, image);
    const std::lock_guard lock(mutex_);
    models_.push_back(std::move(*model));
    return measured;
  }

  std::vector<inference::Model>& all() { return models_; }

private:
  std::mutex mutex_;
  std::vector<inference::Model> models_;
};

void add(inference::Timing& sum, const inference::Timing& timing) {
  sum.decode_ms += timing.decode_ms;
  sum.preprocess_ms += timing.preprocess_ms;
  sum.infer_ms += timing.infer_ms;
  sum.postprocess_ms += timing.postprocess_ms;
}

void divide(inference::Timing& sum, double count) {
  sum.decode_ms /= count;
  sum.preprocess_ms /= count;
  sum.infer_ms /= count;
  sum.postprocess_ms /= count;
}

/// The first pictures bring memory, caches and the engine's plans in place.
void warm_up(ModelPool& pool, const std::vector<RunImage>& images, int count) {
  for (auto& model : pool.all())
    for (int i = 0; i < count; ++i)
      measure(model, images[static_cast<std::size_t>(i) % images.size()]);
}

} // namespace

std::string_view scenario_name(Scenario scenario) {
  return scenario == Scenario::single_stream ? "single_stream" : "offline";
}

Scenario scenario_from_name(const std::string& name) {
  for (const auto scenario : {Scenario::single_stream, Scenario::offline})
    if (name == scenario_name(scenario))
      return scenario;
  throw Error(Fault::usage,
              "scenario '" + printable(name) + "' is unknown" +
                  did_you_mean(name, {"single_stream", "offline"}),
              "one of single_stream, offline");
}

RunResult run_images(const package::ModelPackage& package, const std::vector<RunImage>& images,
                     const RunOptions& options, const TakePrediction& take) {
  const int threads = options.threads > 0 ? options.threads : default_jobs();
  const int at_once = options.scenario == Scenario::offline ? threads : 1;
  ModelPool pool(package, options.engine, at_once,
                 options.scenario == Scenario::offline ? 1 : threads);
  RunResult result;
  const std::string engine = pool.all().front().engine();
  const auto space = std::min(engine.find(' '), engine.size());
  result.engine = engine.substr(0, space);
  result.engine_version = std::string(trim(std::string_view(engine).substr(space)));
  result.threads = threads;
  warm_up(pool, images, options.warm_up);
  std::size_t next = 0;
  const Stopwatch watch;
  ordered_parallel<std::size_t, Measured>(
      at_once,
      [&]() -> std::optional<std::size_t> {
        return next < images.size() ? std::optional(next++) : std::nullopt;
      },
      [&](std::size_t&& i) { return pool.measure_with_any(images[i]); },
      [&](Measured&& measured) {
        result.latency_ns.push_back(measured.latency_ns);
        add(result.mean, measured.timing);
        take(measured.prediction);
      });
  result.seconds = watch.seconds();
  divide(result.mean, static_cast<double>(images.size()));
  return result;
}

} // namespace mlopsctl::bench
