// SPDX-License-Identifier: Apache-2.0
#include "bench/runner.hpp"

#include "bench/local_system.hpp"
#include "core/error.hpp"
#include "core/parallel.hpp"
#include "core/pause.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <random>

namespace mlopsctl::bench {
namespace {

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

/// One a thread: each answers one picture at a time.
class Pool {
public:
  Pool(const SystemUnderTest& system, int count, int threads_each) {
    for (int i = 0; i < count; ++i)
      idle_.push_back(system.open(threads_each));
  }

  /// The first pictures bring memory, caches and the engine's plans in place.
  void warm_up(const std::vector<RunImage>& images, int count) {
    for (auto& responder : idle_)
      for (int i = 0; i < count; ++i)
        responder->measure(images[static_cast<std::size_t>(i) % images.size()], Clock::now());
  }

  Measured measure_with_any(const RunImage& image) {
    std::unique_lock lock(mutex_);
    auto responder = std::move(idle_.back());
    idle_.pop_back();
    lock.unlock();
    Measured measured = responder->measure(image, Clock::now());
    lock.lock();
    idle_.push_back(std::move(responder));
    return measured;
  }

  Responder& first() { return *idle_.front(); }

private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Responder>> idle_;
};

/// What one window gave.
struct Window {
  std::vector<std::int64_t> latency_ns;
  inference::Timing sum;
  std::vector<double> steady_ms; ///< the engine's time; the whole, where that is not known
  double seconds = 0;

  void take(const Measured& measured) {
    latency_ns.push_back(measured.latency_ns);
    steady_ms.push_back(measured.timing.infer_ms > 0
                            ? measured.timing.infer_ms
                            : static_cast<double>(measured.latency_ns) / 1e6);
    add(sum, measured.timing);
  }
  double median_ms() const {
    auto sorted = steady_ms;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
  }
};

/// One run over a set: the windows of its scenario.
class Run {
public:
  using Take = std::function<void(std::size_t image, Measured&&)>;

  Run(const SystemUnderTest& system, const std::vector<RunImage>& images, const RunOptions& options,
      Take take)
      : images_(images), options_(options), take_(std::move(take)),
        threads_(options.threads > 0 ? options.threads : default_jobs()),
        at_once_(options.scenario == Scenario::offline && options.batch == 1 ? threads_ : 1),
        pool_(system, at_once_, at_once_ > 1 ? 1 : threads_) {
    pool_.warm_up(images, options.warm_up);
  }

  int threads() const { return threads_; }
  std::string engine() { return pool_.first().engine(); }

  Window window(const std::vector<std::size_t>& positions) {
    Window window;
    const Stopwatch watch;
    if (options_.scenario == Scenario::server)
      serve(positions, window);
    else if (options_.batch > 1)
      run_batches(positions, window);
    else
      run_each(positions, window);
    window.seconds = watch.seconds();
    return window;
  }

private:
  void keep(std::size_t position, Measured&& measured, Window& window) {
    window.take(measured);
    take_(position, std::move(measured));
  }

  void run_each(const std::vector<std::size_t>& positions, Window& window) {
    std::size_t next = 0;
    std::size_t done = 0;
    ordered_parallel<std::size_t, Measured>(
        at_once_,
        [&]() -> std::optional<std::size_t> {
          return next < positions.size() ? std::optional(positions[next++]) : std::nullopt;
        },
        [&](std::size_t&& i) { return pool_.measure_with_any(images_[i]); },
        [&](Measured&& measured) { keep(positions[done++], std::move(measured), window); });
  }

  /// Whoever comes while the engine works waits, and the waiting counts.
  void serve(const std::vector<std::size_t>& positions, Window& window) {
    const auto arrivals = poisson_arrivals(positions.size(), options_.rate_per_s, options_.seed);
    const auto start = Clock::now();
    for (std::size_t i = 0; i < positions.size(); ++i) {
      const auto arrival = start + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double>(arrivals[i]));
      pause_until(arrival);
      keep(positions[i], pool_.first().measure(images_[positions[i]], arrival), window);
    }
  }

  /// Threads read pictures while the engine computes the batch before.
  void run_batches(const std::vector<std::size_t>& positions, Window& window) {
    const auto size = static_cast<std::size_t>(options_.batch);
    std::size_t next = 0;
    std::size_t done = 0;
    Batch batch;
    const auto flush = [&] {
      for (auto& measured : pool_.first().measure(batch))
        keep(positions[done++], std::move(measured), window);
      batch = {};
    };
    ordered_parallel<std::size_t, Decoded>(
        threads_,
        [&]() -> std::optional<std::size_t> {
          return next < positions.size() ? std::optional(positions[next++]) : std::nullopt;
        },
        [&](std::size_t&& i) { return decode(images_[i]); },
        [&](Decoded&& decoded) {
          batch.images.push_back(&images_[positions[done + batch.images.size()]]);
          batch.pictures.push_back(std::move(decoded.image));
          batch.decode_ms.push_back(decoded.decode_ms);
          if (batch.images.size() == size)
            flush();
        });
    if (!batch.images.empty())
      flush();
  }

  const std::vector<RunImage>& images_;
  const RunOptions& options_;
  Take take_;
  int threads_;
  int at_once_;
  Pool pool_;
};

/// The last three windows as one measurement.
void add_up(const std::vector<Window>& windows, RunResult& result) {
  for (std::size_t i = windows.size() - 3; i < windows.size(); ++i) {
    const Window& window = windows[i];
    result.latency_ns.insert(result.latency_ns.end(), window.latency_ns.begin(),
                             window.latency_ns.end());
    add(result.mean, window.sum);
    result.seconds += window.seconds;
  }
  divide(result.mean, static_cast<double>(result.latency_ns.size()));
}

constexpr std::pair<Scenario, std::string_view> k_scenarios[] = {
    {Scenario::single_stream, "single_stream"},
    {Scenario::offline, "offline"},
    {Scenario::server, "server"}};

} // namespace

std::string_view scenario_name(Scenario scenario) {
  for (const auto& [value, name] : k_scenarios)
    if (value == scenario)
      return name;
  return "";
}

Scenario scenario_from_name(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [value, known] : k_scenarios) {
    if (name == known)
      return value;
    names.emplace_back(known);
  }
  throw Error(Fault::usage,
              "scenario '" + printable(name) + "' is unknown" + did_you_mean(name, names),
              "one of " + join(names, ", "));
}

std::vector<std::vector<std::size_t>> deal_windows(std::size_t count) {
  constexpr std::size_t k_windows = 3;
  constexpr std::size_t k_least = 20; // pictures whose median means something
  std::vector<std::vector<std::size_t>> windows(k_windows);
  if (count < k_windows * k_least) {
    for (auto& window : windows)
      do
        for (std::size_t i = 0; i < count; ++i)
          window.push_back(i);
      while (window.size() < k_least);
    return windows;
  }
  for (std::size_t i = 0; i < count; ++i)
    windows[i % k_windows].push_back(i);
  return windows;
}

double spread_of_last_three(const std::vector<double>& medians) {
  if (medians.size() < 3)
    return std::numeric_limits<double>::infinity();
  const auto [least, most] = std::minmax_element(medians.end() - 3, medians.end());
  return *least > 0 ? (*most - *least) / *least : 0;
}

std::vector<double> poisson_arrivals(std::size_t count, double rate_per_s, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> arrivals;
  double now = 0;
  for (std::size_t i = 0; i < count; ++i) {
    arrivals.push_back(now);
    // (0, 1] from the upper 53 bits: the library's own distributions differ between libraries.
    const double uniform = (static_cast<double>(random() >> 11U) + 1) * 0x1p-53;
    now -= std::log(uniform) / rate_per_s;
  }
  return arrivals;
}

RunResult run_images(const SystemUnderTest& system, const std::vector<RunImage>& images,
                     const RunOptions& options, const TakePrediction& take,
                     const std::function<void()>& advance) {
  std::vector<std::optional<dataset::Sample>> predictions(images.size());
  Run run(system, images, options, [&](std::size_t i, Measured&& measured) {
    if (predictions[i])
      return;
    predictions[i] = std::move(measured.prediction);
    advance();
  });
  const auto dealt = deal_windows(images.size());
  std::vector<Window> windows;
  std::vector<double> medians;
  RunResult result;
  result.spread = std::numeric_limits<double>::infinity();
  while (result.spread > options.max_spread && windows.size() < RunResult::k_most_windows) {
    windows.push_back(run.window(dealt[windows.size() % dealt.size()]));
    medians.push_back(windows.back().median_ms());
    result.spread = spread_of_last_three(medians);
  }
  add_up(windows, result);
  result.windows = static_cast<int>(windows.size());
  const std::string engine = run.engine();
  const auto space = std::min(engine.find(' '), engine.size());
  result.engine = engine.substr(0, space);
  result.engine_version = std::string(trim(std::string_view(engine).substr(space)));
  result.threads = run.threads();
  for (const auto& prediction : predictions)
    take(*prediction);
  return result;
}

} // namespace mlopsctl::bench
