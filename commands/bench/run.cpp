// SPDX-License-Identifier: Apache-2.0
// bench run: measure how fast and how right a model is on a data set, and keep it as a row.
#include "bench/benchmark.hpp"
#include "bench/local_system.hpp"
#include "bench/service_system.hpp"
#include "commands/bench/report.hpp"
#include "commands/bench/row.hpp"
#include "commands/bench/score_report.hpp"
#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "commands/service_choice.hpp"
#include "core/log.hpp"
#include "core/program.hpp"
#include "core/text.hpp"
#include "storage/benchmark_table.hpp"
#include "storage/copy_rows.hpp"
#include "storage/find_rows.hpp"

#include <algorithm>
#include <optional>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string model; ///< or the URL of a service
  std::string token_file;
  TruthOptions data;
  std::string scenario = "single_stream";
  EngineChoice engine;
  int batch = 1;
  std::optional<double> rate;
  double max_spread_percent = 10;
  bool cold_start = false;
  std::vector<std::string> sizes;
  RowOptions row;
  std::string report;
};

constexpr double k_least_rate = 0.001; ///< one in a quarter of an hour
constexpr int k_most_rate = 1'000'000;

void validate(const Options& o) {
  constexpr int k_most_pictures = 4096;
  if (o.batch < 1 || o.batch > k_most_pictures)
    throw Error(Fault::usage, "--batch: " + std::to_string(o.batch) + " is not from 1 to " +
                                  std::to_string(k_most_pictures));
  if (o.batch > 1 && o.scenario != "offline")
    throw Error(Fault::usage, "--batch is for --scenario offline: in " + o.scenario +
                                  " pictures come one at a time");
  if (o.rate && o.scenario != "server")
    throw Error(Fault::usage, "--rate is for --scenario server");
  if (o.rate && !(*o.rate >= k_least_rate && *o.rate <= k_most_rate))
    throw Error(Fault::usage,
                "--rate: " + number(*o.rate) + " is not from " + number(k_least_rate) + " to " +
                    std::to_string(k_most_rate) + " pictures a second",
                "such as --rate 10");
  if (o.scenario == "server" && !o.rate)
    throw Error(Fault::usage, "--scenario server: how many pictures arrive in a second?",
                "pass --rate R, such as --rate 10");
  if (!(o.max_spread_percent > 0))
    throw Error(Fault::usage,
                "--max-spread: " + number(o.max_spread_percent) + " is not a percentage over 0",
                "such as --max-spread 10");
}

/// What only a model in this process has.
void validate_service(const Options& o, const Context& ctx) {
  const auto refuse = [](bool is_given, const std::string& flag, const char* hint = "") {
    if (is_given)
      throw Error(Fault::usage, flag + " is for a model in this process, and --model is a service",
                  hint);
  };
  refuse(!o.engine.name.empty(), "--engine");
  refuse(!o.engine.onnxruntime.empty(), "--onnxruntime");
  refuse(!ctx.options.set.empty(), "--set");
  refuse(o.cold_start, "--cold-start");
  refuse(o.batch > 1, "--batch", "--threads is how many pictures are sent at once");
  refuse(o.scenario == "server", "--scenario server", "see 'mlopsctl bench load URL --rate R'");
}

/// A model in this process, or a service.
struct Contender {
  package::ModelPackage package;
  bench::ServiceOptions service;
  std::unique_ptr<bench::SystemUnderTest> system;

  explicit Contender(const Options& o, const Context& ctx) {
    if (bench::is_service(o.model)) {
      service = service_options(o.model, o.token_file);
      system = bench::service_system(service);
      return;
    }
    if (!o.token_file.empty())
      throw Error(Fault::usage, "--token-file is for a --model that is a service");
    package = package::open_model(o.model, ctx.options.set);
    system = bench::local_system(package, o.engine.name);
  }
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;
};

/// The same model by a new process of this program, which wants only a picture.
std::vector<std::string> cold_start_command(const Options& o, const Context& ctx) {
  std::vector<std::string> command{restart_path().string(),
                                   "infer",
                                   "--model",
                                   o.model,
                                   "--quiet",
                                   "--output",
                                   "-",
                                   "--threads",
                                   std::to_string(o.engine.threads)};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty())
      command.insert(command.end(), {name, value});
  };
  add("--engine", o.engine.name);
  add("--onnxruntime", o.engine.onnxruntime);
  for (const auto& value : ctx.options.set)
    add("--set", value);
  return command;
}

bench::BenchmarkOptions benchmark_options(const Options& o, const Context& ctx,
                                          bench::TruthKind kind) {
  bench::BenchmarkOptions options;
  options.run.scenario = bench::scenario_from_name(o.scenario);
  options.run.threads = o.engine.threads;
  options.run.batch = o.batch;
  options.run.rate_per_s = o.rate.value_or(0);
  options.run.seed = ctx.options.seed;
  options.run.max_spread = o.max_spread_percent / 100;
  if (o.cold_start)
    options.cold_start = cold_start_command(o, ctx);
  options.score.protocol = kind == bench::TruthKind::classification
                               ? bench::Protocol::accuracy
                               : bench::protocol_from_name(o.row.protocol);
  options.score.jobs = ctx.jobs();
  options.score.bootstrap_samples = bench::k_row_bootstrap_samples;
  options.score.seed = ctx.options.seed;
  options.seed = ctx.options.seed;
  options.dataset = o.data.path;
  options.command_line = ctx.command_line;
  options.tag = o.row.tag;
  options.note = o.row.note;
  return options;
}

/// Sets of images, smallest first: what --sizes asks for, else all.
std::vector<std::size_t> set_sizes(const Options& o, std::size_t images) {
  std::vector<std::size_t> sizes;
  for (const auto& text : o.sizes) {
    const auto value = parse_int(text);
    if (!value || *value < 1)
      throw Error(Fault::usage, "--sizes: '" + printable(text) + "' is not a number of images");
    const auto size = static_cast<std::size_t>(*value);
    if (size > images)
      throw Error(Fault::usage, "--sizes: " + text + " is more than the " + std::to_string(images) +
                                    " images of " + o.data.path);
    if (!sizes.empty() && size <= sizes.back())
      throw Error(Fault::usage, "--sizes: " + text + " does not follow " +
                                    std::to_string(sizes.back()) + " upwards");
    sizes.push_back(size);
  }
  return sizes.empty() ? std::vector<std::size_t>{images} : sizes;
}

bench::BenchmarkOutcome measure(const bench::SystemUnderTest& system, const bench::Truth& truth,
                                const std::vector<bench::RunImage>& images, std::size_t size,
                                const bench::BenchmarkOptions& options, const Context& ctx) {
  const auto keep = bench::nested_sample(truth, size, options.seed);
  const bench::Truth part = bench::subset(truth, keep);
  if (part.object_count() == 0)
    throw Error(Fault::input,
                options.dataset + ": not one object in the " + std::to_string(size) +
                    " images of this set",
                "give larger --sizes, or another --seed");
  std::vector<bench::RunImage> chosen;
  chosen.reserve(keep.size());
  for (const auto i : keep)
    chosen.push_back(images[i]);
  const auto progress =
      ctx.progress("bench run", static_cast<std::int64_t>(chosen.size()), "images");
  return bench::run_benchmark(system, part, chosen, options, [&] { progress->advance(); });
}

void say_what_was_left_out(const bench::BenchmarkOutcome& outcome) {
  std::int64_t others = 0;
  for (const auto& [name, count] : outcome.predictions.left_out.unknown_classes)
    others += count;
  if (others > 0)
    log::info(std::to_string(others) + " detections of " +
              std::to_string(outcome.predictions.left_out.unknown_classes.size()) +
              " classes that the data set does not have were left out");
  if (outcome.row.task == "detection" && outcome.predictions.detections.empty())
    log::warn("there is not one detection: average precision is 0");
}

/// Time is nobody's verdict on a machine that does other things. \return false if a gate asks for
/// it.
bool check_stability(const bench::BenchmarkOutcome& outcome, const std::vector<bench::Gate>& gates,
                     const Options& o, const Context& ctx) {
  const auto& row = outcome.row;
  const auto spread = storage::find_number(row, "spread_percent");
  if (row.scenario == "server") {
    const auto done = storage::find_number(row, "images_per_s");
    if (*done->second < 0.9 * *o.rate)
      log::warn("the model does " + fixed(*done->second, 1) + " images/s, and " +
                fixed(*o.rate, 1) + " arrive: the queue only grows, and latency with it");
  }
  if (outcome.is_stable)
    return true;
  const std::string text = "the engine's times differ by " + fixed(*spread->second, 0) +
                           " % between windows, more than " + fixed(o.max_spread_percent, 0) +
                           " %: is the machine doing other things?";
  const bool is_asked = std::any_of(gates.begin(), gates.end(), [](const bench::Gate& gate) {
    const auto& names = gate.condition.names();
    return std::any_of(names.begin(), names.end(), bench::is_timing);
  });
  if (is_asked)
    ctx.err << "mlopsctl bench run: no verdict on time: " << text << '\n';
  else
    log::warn(text);
  return !is_asked;
}

/// The older row for each of \p sizes, found before anything is measured; nothing if none is named.
std::vector<std::optional<storage::BenchmarkRow>>
find_baselines(const Options& o, const bench::Truth& truth, const std::vector<std::size_t>& sizes,
               const bench::BenchmarkOptions& options, const std::vector<bench::Gate>& gates,
               storage::BenchmarkTable& table) {
  std::vector<std::optional<storage::BenchmarkRow>> found(sizes.size());
  if (o.row.gate.baseline.empty())
    return found;
  const auto candidates = storage::find_rows(table, o.row.table, o.row.gate.baseline);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto part = bench::subset(truth, bench::nested_sample(truth, sizes[i], options.seed));
    found[i] = bench::choose_baseline(candidates, bench::announced_row(part, options), gates,
                                      o.row.gate.baseline);
  }
  return found;
}

/// Rows that can stand in one chart with \p row, the newest last.
std::vector<storage::BenchmarkRow> history_of(const storage::BenchmarkRow& row,
                                              storage::BenchmarkTable& table) {
  auto rows = table.rows();
  std::erase_if(rows, [&](const auto& other) {
    return other.dataset_digest != row.dataset_digest || other.protocol != row.protocol ||
           other.scenario != row.scenario;
  });
  return rows;
}

int run(const Options& o, Context& ctx) {
  refuse_mixed_reports({{"--report", o.report}});
  refuse_existing(ctx, {o.report}, {o.model, o.data.path, o.row.table});
  const Contender contender(o, ctx);
  const auto& system = *contender.system;
  const bench::Truth truth = open_truth(o.data, ctx);
  if (system.is_in_this_process())
    bench::check_fit(contender.package.spec, truth, o.data.path);
  const auto options = benchmark_options(o, ctx, truth.kind);
  const auto gates = parse_gates(o.row.gate, bench::number_names(options.score));
  const auto sizes = set_sizes(o, truth.images.size());
  const auto images = find_images(o.data, truth, ctx);
  const auto table = storage::open_benchmark_table(o.row.table, storage::TableAccess::append);
  const auto baselines = find_baselines(o, truth, sizes, options, gates, *table);
  std::vector<storage::BenchmarkRow> rows;
  std::vector<GatedRow> gated;
  bool is_stable = true;
  bench::BenchmarkOutcome outcome;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    outcome = measure(system, truth, images, sizes[i], options, ctx);
    storage::append_measured(
        *table, o.row.table,
        outcome.row); // at once: what was measured survives whatever comes next
    rows.push_back(outcome.row);
    gated.push_back({outcome.row, baselines[i]});
    say_what_was_left_out(outcome);
    is_stable = check_stability(outcome, gates, o, ctx) && is_stable;
  }
  if (!o.report.empty())
    write_run_page(o.report, o.data,
                   bench::subset(truth, bench::nested_sample(truth, sizes.back(), options.seed)),
                   outcome, history_of(outcome.row, *table), system.score_threshold(), ctx);
  if (ctx.options.json)
    ctx.print(rows_document(rows));
  else
    ctx.print(rows_table(rows));
  const int code = check_gates(gates, gated, ctx);
  return is_stable ? code : exit_no_verdict; // a gate on time that was missed may be noise as well
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--model", o->model,
             "Model package, a folder or an archive; or a service, https://...")
      .metavar("M")
      .required();
  add_token_option(args, o->token_file, "With a service: file with the token that it wants");
  add_truth_options(args, o->data, "--data");
  args.value("--scenario", o->scenario,
             "One image after the other, as much as the machine does, or arrivals at --rate")
      .choices({"single_stream", "offline", "server"});
  args.value("--batch", o->batch, "Scenario offline: pictures in one call of the engine");
  args.value("--rate", o->rate, "Scenario server: pictures that arrive in a second").metavar("R");
  args.flag("--cold-start", o->cold_start,
            "Also measure a new process to its first answer (cold_start_ms, median of 5)");
  args.value("--max-spread", o->max_spread_percent,
             "How far the engine's times may differ between windows and still be believed")
      .metavar("PCT");
  add_engine_options(args, o->engine, "Threads of the engine, or images at once");
  args.list("--sizes", o->sizes,
            "Numbers of images, rising; each set is part of the next, a row each")
      .metavar("N,N")
      .default_text("all");
  add_row_options(args, o->row);
  add_cache_option(args);
  args.value("--report", o->report,
             "Also write a page (.html): history, times, curves, and the images with most errors")
      .metavar("FILE");
  return [o](Context& ctx) {
    validate(*o);
    if (bench::is_service(o->model))
      validate_service(*o, ctx);
    apply_engine_choice(o->engine);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_run;
const Command bench_run{"bench run", "Measure how fast and how right a model is", declare};
} // namespace mlopsctl::commands
