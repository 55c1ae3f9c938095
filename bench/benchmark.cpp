// SPDX-License-Identifier: Apache-2.0
#include "bench/benchmark.hpp"

#include "bench/cold_start.hpp"
#include "bench/environment.hpp"
#include "bench/redact.hpp"
#include "bench/row_comparison.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "core/version.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

/// With several pictures at once, the time of one of them is not what any caller would wait.
void leave_out_times(storage::BenchmarkRow& row) {
  for (auto& [name, value] : row.numbers)
    if (name.find("_ms") != std::string::npos)
      value.reset();
}

void add_speed(const RunResult& result, Scenario scenario, storage::BenchmarkRow& row) {
  const LatencySummary latency = summarize_latency(result.latency_ns);
  add_latency(latency, row);
  if (scenario == Scenario::offline)
    leave_out_times(row);
  auto& numbers = row.numbers;
  const bool has_parts = result.mean.infer_ms > 0; // else a service that does not say them
  const auto add_part = [&](const char* name, double mean_ms) {
    numbers.emplace_back(name, has_parts ? Metric(mean_ms) : std::nullopt);
  };
  add_part("decode_ms", result.mean.decode_ms);
  add_part("preprocess_ms", result.mean.preprocess_ms);
  add_part("infer_ms", result.mean.infer_ms);
  add_part("postprocess_ms", result.mean.postprocess_ms);
  numbers.emplace_back("images_per_s", static_cast<double>(latency.count) / result.seconds);
  numbers.emplace_back("seconds", result.seconds);
  numbers.emplace_back("windows", result.windows);
  numbers.emplace_back("spread_percent", result.spread * 100);
}

/// Intervals of the headline metrics, beside them.
void add_intervals(const Score& scored, storage::BenchmarkRow& row) {
  if (!scored.bootstrap)
    return;
  for (const auto& [name, interval] : scored.bootstrap->intervals) {
    row.numbers.emplace_back(low_name(name), interval.low);
    row.numbers.emplace_back(high_name(name), interval.high);
  }
}

/// What the options ask for beside the run itself.
void add_circumstances(const BenchmarkOptions& options, const std::vector<RunImage>& images,
                       bool is_here, storage::BenchmarkRow& row) {
  if (options.run.scenario == Scenario::server)
    row.numbers.emplace_back("rate_per_s", options.run.rate_per_s);
  if (is_here)
    row.numbers.emplace_back("peak_memory_bytes", static_cast<double>(peak_memory_bytes()));
  if (options.cold_start.empty())
    return;
  constexpr int k_cold_starts = 5;
  auto command = options.cold_start;
  command.push_back(images.front().path);
  row.numbers.emplace_back("cold_start_ms", cold_start_ms(command, k_cold_starts));
}

void describe_input(const Truth& truth, const BenchmarkOptions& options,
                    storage::BenchmarkRow& row) {
  row.tag = without_secrets(options.tag);
  row.note = without_secrets(options.note);
  row.task = truth_kind_name(truth.kind);
  row.dataset_name = without_url_secrets(options.dataset);
  row.dataset_digest = dataset_digest(truth);
  row.dataset_images = static_cast<std::int64_t>(truth.images.size());
  row.dataset_objects = truth.object_count();
  row.seed = static_cast<std::int64_t>(options.seed);
  row.command_line = redact_command_line(options.command_line);
}

/// "cat, dog", or "person, bicycle, car, bus, train ... (80)".
std::string first_of(std::vector<std::string> names) {
  constexpr std::size_t k_shown = 5;
  const std::size_t count = names.size();
  names.resize(std::min(count, k_shown));
  return join(names, ", ") + (count > k_shown ? " ... (" + std::to_string(count) + ")" : "");
}

} // namespace

void describe_machine(storage::BenchmarkRow& row) {
  const Machine machine = this_machine();
  row.cpu = machine.cpu;
  row.cores = machine.cores;
  row.memory_bytes = machine.memory_bytes;
  row.kernel = machine.kernel;
  row.is_container = machine.is_container;
  row.program_version = k_version;
}

void add_latency(const LatencySummary& latency, storage::BenchmarkRow& row) {
  auto& numbers = row.numbers;
  numbers.emplace_back("timed_images", static_cast<double>(latency.count));
  numbers.emplace_back("mean_ms", latency.mean_ms);
  numbers.emplace_back("min_ms", latency.min_ms);
  numbers.emplace_back("max_ms", latency.max_ms);
  numbers.emplace_back("p50_ms", latency.p50_ms);
  numbers.emplace_back("p90_ms", latency.p90_ms);
  numbers.emplace_back("p99_ms", latency.p99_ms);
  numbers.emplace_back("p10_ms", latency.p10_ms);
  numbers.emplace_back("p25_ms", latency.p25_ms);
  numbers.emplace_back("p75_ms", latency.p75_ms);
  std::size_t i = 0;
  for (const char* name : {"p50_ms", "p90_ms", "p99_ms"})
    if (const auto& range = latency.range_ms[i++]) {
      numbers.emplace_back(low_name(name), range->first);
      numbers.emplace_back(high_name(name), range->second);
    }
}

void check_fit(const package::ModelSpec& spec, const Truth& truth, const std::string& name) {
  if (spec.decoder.kind == package::k_raw)
    throw Error(Fault::input,
                "'" + spec.name +
                    "' has decoder.kind raw: its outputs are written as they are, and "
                    "nothing can be scored",
                "see 'mlopsctl engines' for the kinds that are understood");
  const bool is_same_task = truth.kind == TruthKind::detection
                                ? spec.task == package::Task::detection
                                : spec.task == package::Task::classification;
  if (!is_same_task)
    throw Error(Fault::input,
                name + ": has " +
                    (truth.kind == TruthKind::detection ? "boxes" : "classes of whole pictures") +
                    ", and '" + spec.name + "' is a model for " +
                    std::string(package::task_name(spec.task)),
                "measure it on a set that is labelled for " +
                    std::string(package::task_name(spec.task)));
  const auto& labels = truth.classes.names();
  const bool has_common =
      std::any_of(spec.labels.begin(), spec.labels.end(), [&](const auto& label) {
        return std::find(labels.begin(), labels.end(), label) != labels.end();
      });
  if (!has_common)
    throw Error(
        Fault::input,
        name + ": none of its classes (" + first_of(labels) + ") is one of '" + spec.name + "' (" +
            first_of(spec.labels) + ")",
        "classes meet by name: correct labels in model.yaml, or pass --set labels=NAME,NAME");
}

std::vector<std::string> number_names(const ScoreOptions& options) {
  auto names = row_metric_names(options);
  for (const auto& name : headline_names(options)) {
    names.push_back(low_name(name));
    names.push_back(high_name(name));
  }
  const auto speed = speed_names();
  names.insert(names.end(), speed.begin(), speed.end());
  return names;
}

std::vector<std::string> speed_names() {
  return {"timed_images", "mean_ms",       "min_ms",         "max_ms",         "p50_ms",
          "p90_ms",       "p99_ms",        "p10_ms",         "p25_ms",         "p75_ms",
          "decode_ms",    "preprocess_ms", "infer_ms",       "postprocess_ms", "images_per_s",
          "seconds",      "windows",       "spread_percent", "rate_per_s",     "peak_memory_bytes",
          "cold_start_ms"};
}

bool is_timing(const std::string& number) {
  return number.ends_with("_ms") || number == "images_per_s" || number == "seconds";
}

storage::BenchmarkRow dataset_row(const Truth& truth, const std::string& dataset) {
  storage::BenchmarkRow row;
  row.task = truth_kind_name(truth.kind);
  row.dataset_name = without_url_secrets(dataset);
  row.dataset_digest = dataset_digest(truth);
  row.dataset_images = static_cast<std::int64_t>(truth.images.size());
  row.dataset_objects = truth.object_count();
  return row;
}

storage::BenchmarkRow scored_row(const Truth& truth, const Score& scored,
                                 const std::string& dataset) {
  auto row = dataset_row(truth, dataset);
  row.protocol = protocol_name(scored.protocol);
  row.numbers = row_metrics(scored);
  add_intervals(scored, row);
  return row;
}

storage::BenchmarkRow announced_row(const Truth& truth, const BenchmarkOptions& options) {
  storage::BenchmarkRow row;
  describe_machine(row);
  row.dataset_name = without_url_secrets(options.dataset);
  row.dataset_digest = dataset_digest(truth);
  row.dataset_images = static_cast<std::int64_t>(truth.images.size());
  row.protocol = protocol_name(truth.kind == TruthKind::classification ? Protocol::accuracy
                                                                       : options.score.protocol);
  row.scenario = scenario_name(options.run.scenario);
  if (options.run.scenario == Scenario::server)
    row.numbers.emplace_back("rate_per_s", options.run.rate_per_s);
  return row;
}

BenchmarkOutcome run_benchmark(const SystemUnderTest& system, const Truth& truth,
                               const std::vector<RunImage>& images, const BenchmarkOptions& options,
                               const std::function<void()>& advance) {
  BenchmarkOutcome outcome;
  auto& row = outcome.row;
  row.time = utc_now();
  describe_machine(row);
  describe_input(truth, options, row);
  PredictionCollector collector(truth);
  const RunResult result = run_images(
      system, images, options.run,
      [&](const dataset::Sample& prediction) { collector.add(prediction); }, advance);
  Predictions predictions = collector.finish();
  ScoreOptions scoring = options.score;
  scoring.wants_details = true;
  scoring.score_threshold = system.score_threshold(); // as people will see its boxes
  outcome.score = score(truth, predictions, scoring);
  const Score& scored = outcome.score;
  row.engine = result.engine;
  row.engine_version = result.engine_version;
  row.threads = result.threads;
  system.describe(row);
  row.batch = options.run.batch;
  row.scenario = scenario_name(options.run.scenario);
  row.protocol = protocol_name(scored.protocol);
  row.numbers = row_metrics(scored);
  add_intervals(scored, row);
  add_speed(result, options.run.scenario, row);
  add_circumstances(options, images, system.is_in_this_process(), row);
  outcome.is_stable = result.spread <= options.run.max_spread;
  storage::seal(row);
  outcome.predictions = std::move(predictions);
  return outcome;
}

} // namespace mlopsctl::bench
