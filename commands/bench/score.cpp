// SPDX-License-Identifier: Apache-2.0
// bench score: predictions against the right answers, as the numbers that papers and gates use.
#include "bench/score.hpp"

#include "bench/benchmark.hpp"
#include "bench/protocols.hpp"
#include "bench/shards.hpp"
#include "commands/bench/details.hpp"
#include "commands/bench/gates.hpp"
#include "commands/bench/predictions_input.hpp"
#include "commands/bench/report.hpp"
#include "commands/bench/score_report.hpp"
#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "storage/find_rows.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace mlopsctl::commands {
namespace {

constexpr int k_usual_samples = 1000;
constexpr int k_most_samples = 100'000;
constexpr int k_most_top_k = 10'000;
constexpr int k_most_shards = 1'000'000;

struct Options {
  TruthOptions truth;
  std::vector<std::string> predictions;
  std::string predictions_from; // format; empty: by content
  std::string protocol = "coco";
  std::vector<std::string> iou;
  std::optional<double> score_threshold;
  std::vector<std::string> top_k;
  int bootstrap = 0; // samples; 0: no intervals
  std::optional<int> shards;
  bool details = false;
  bool explain_protocols = false;
  std::string report;
  GateOptions gate;
  std::string table = "bench.db"; // of the baseline
};

void validate(const Options& o) {
  if (o.predictions.empty())
    throw Error(Fault::usage, "--predictions is missing",
                "name the file that 'mlopsctl infer' wrote, or COCO results");
  if (o.bootstrap != 0 && (o.bootstrap < 100 || o.bootstrap > k_most_samples))
    throw Error(Fault::usage,
                "--bootstrap: " + std::to_string(o.bootstrap) + " is not from 100 to " +
                    std::to_string(k_most_samples),
                "1000 is usual; 0 is off");
  if (o.shards && (*o.shards < 1 || *o.shards > k_most_shards))
    throw Error(Fault::usage, "--shards: " + std::to_string(*o.shards) + " is not from 1 to " +
                                  std::to_string(k_most_shards));
  if (o.score_threshold && !std::isfinite(*o.score_threshold))
    throw Error(Fault::usage, "--score-threshold: is not a number");
  if (o.explain_protocols && o.iou.size() > 1)
    throw Error(Fault::usage, "--iou: --explain-protocols takes one value");
}

std::vector<int> parse_top_k(const std::vector<std::string>& texts) {
  std::vector<int> out;
  for (const auto& text : texts) {
    const auto value = parse_int(text);
    if (!value || *value < 1 || *value > k_most_top_k)
      throw Error(Fault::usage, "--top-k: '" + printable(text) +
                                    "' is not a whole number from 1 to " +
                                    std::to_string(k_most_top_k));
    out.push_back(static_cast<int>(*value));
  }
  return out;
}

bench::ScoreOptions score_options(const Options& o, const Context& ctx) {
  bench::ScoreOptions options;
  options.protocol = bench::protocol_from_name(o.protocol);
  options.jobs = ctx.jobs();
  options.score_threshold = o.score_threshold.value_or(options.score_threshold);
  options.wants_details = o.details || ctx.options.json;
  options.bootstrap_samples = o.bootstrap;
  options.seed = ctx.options.seed;
  if (!o.top_k.empty())
    options.top_k = parse_top_k(o.top_k);
  if (o.iou.empty())
    return options;
  if (options.protocol == bench::Protocol::coco && !o.explain_protocols)
    throw Error(Fault::usage, "--iou: the coco protocol has its own ten thresholds",
                "leave it out, or pass --protocol voc or voc11");
  options.voc_iou.clear();
  for (const auto& text : o.iou) {
    const auto value = parse_double(text);
    if (!value)
      throw Error(Fault::usage, "--iou: '" + printable(text) + "' is not a number");
    if (!(*value >= 0.005 && *value <= 1) ||
        std::find(options.voc_iou.begin(), options.voc_iou.end(), *value) != options.voc_iou.end())
      throw Error(
          Fault::usage,
          "--iou: " + printable(text) +
              (*value >= 0.005 && *value <= 1 ? " is there twice" : " is not from 0.01 to 1"),
          "such as --iou 0.3,0.5");
    bench::map_name(*value); // says what else is allowed
    options.voc_iou.push_back(*value);
  }
  return options;
}

Value to_document(const bench::Truth& truth, const bench::Predictions& predictions,
                  const bench::Score& score) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.bench.score/1";
  document["protocol"] = bench::protocol_name(score.protocol);
  document["metrics"] = bench::to_value(score.metrics);
  document["per_class"] = bench::classes_value(score);
  bench::add_details(score, document);
  document["images"] = static_cast<std::int64_t>(truth.images.size());
  document["objects"] = truth.object_count();
  document["images_predicted"] = predictions.images;
  document["detections"] = static_cast<std::int64_t>(predictions.detections.size());
  document["left_out"] = bench::to_value(predictions.left_out);
  document["dataset_digest"] = bench::dataset_digest(truth);
  return document;
}

void refuse_other_kind(const Options& o, const bench::Truth& truth) {
  const bool is_detection = truth.kind == bench::TruthKind::detection;
  if (is_detection && !o.top_k.empty())
    throw Error(Fault::usage, "--top-k: " + o.truth.path + " has boxes",
                "it is for classes of whole pictures");
  if (!is_detection && !o.report.empty())
    throw Error(Fault::usage, "--report: " + o.truth.path + " has classes of whole pictures",
                "the page is for boxes");
  if (!is_detection && o.explain_protocols)
    throw Error(Fault::usage,
                "--explain-protocols: " + o.truth.path + " has classes of whole pictures",
                "it is for average precision of boxes");
}

void warn_of_predictions(const bench::Truth& truth, const bench::Predictions& predictions) {
  warn_of_left_out(predictions.left_out);
  warn_of_odd_scores(predictions.odd_scores);
  const auto images = static_cast<std::int64_t>(truth.images.size());
  if (predictions.images < images)
    log::warn(std::to_string(images - predictions.images) + " of " + std::to_string(images) +
              " images have no prediction; they count as if nothing was found in them");
  if (truth.kind == bench::TruthKind::detection && predictions.detections.empty())
    log::warn("there is not one detection: average precision is 0");
}

bench::ProtocolReport explain(const Options& o, const bench::Truth& truth,
                              const bench::Predictions& predictions,
                              const bench::ScoreOptions& options) {
  bench::ExplainOptions explain;
  explain.min_iou = options.voc_iou.front();
  explain.base = o.protocol;
  explain.score_threshold = options.score_threshold;
  explain.jobs = options.jobs;
  return bench::explain_protocols(bench::evaluation_of(truth, predictions), explain);
}

/// Read before anything is scored: a name that no row has is said at once.
std::vector<storage::BenchmarkRow> baseline_rows(const Options& o) {
  if (o.gate.baseline.empty())
    return {};
  const auto table = storage::open_benchmark_table(o.table, storage::TableAccess::read);
  return storage::find_rows(*table, o.table, o.gate.baseline);
}

/// Holds the score against the gates; the baseline is one of the rows of that name.
int check_score(const Options& o, const std::vector<bench::Gate>& gates,
                const std::vector<storage::BenchmarkRow>& baselines, const bench::Truth& truth,
                const bench::Score& score, const Context& ctx) {
  if (gates.empty())
    return exit_ok;
  GatedRow gated{bench::scored_row(truth, score, o.truth.path), std::nullopt};
  if (!o.gate.baseline.empty())
    gated.baseline = bench::choose_baseline(baselines, gated.row, gates, o.gate.baseline);
  return check_gates(gates, {gated}, ctx);
}

/// An option that would change nothing is a mistake of who wrote it.
void refuse_unused_threshold(const Options& o, const bench::ScoreOptions& options) {
  if (o.score_threshold && !options.wants_details && !o.explain_protocols)
    throw Error(Fault::usage, "--score-threshold: average precision counts every score",
                "it is for --details, --report, --gate, --explain-protocols and --json");
}

int run(const Options& o, Context& ctx) {
  bench::ScoreOptions options = score_options(o, ctx);
  options.wants_details = options.wants_details || !o.gate.gates.empty() || !o.report.empty();
  refuse_unused_threshold(o, options);
  refuse_mixed_reports({{"--report", o.report}});
  auto inputs = o.predictions;
  inputs.insert(inputs.end(), {o.truth.path, o.table});
  refuse_existing(ctx, {o.report}, inputs);
  if (!o.gate.baseline.empty() && options.bootstrap_samples == 0)
    options.bootstrap_samples = k_usual_samples; // what is noise cannot be told without
  const bench::Truth truth = open_truth(o.truth, ctx);
  bench::ScoreOptions named = options;
  if (truth.kind == bench::TruthKind::classification)
    named.protocol = bench::Protocol::accuracy;
  const auto gates = parse_gates(o.gate, bench::row_metric_names(named));
  refuse_other_kind(o, truth);
  const auto baselines = baseline_rows(o);
  const bench::Predictions predictions =
      read_predictions(o.predictions, o.predictions_from, truth, ctx, o.shards.has_value());
  bench::refuse_strangers(join(o.predictions, ", "), o.truth.path, predictions);
  if (o.shards)
    bench::refuse_missing_shards(*o.shards, truth, predictions);
  warn_of_predictions(truth, predictions);
  const bench::Score score = bench::score(truth, predictions, options);
  if (!o.report.empty())
    write_score_page(o.report, o.truth, truth, predictions, score, options.score_threshold, ctx);
  std::optional<bench::ProtocolReport> protocols;
  if (o.explain_protocols)
    protocols = explain(o, truth, predictions, options);
  if (ctx.options.json) {
    Value document = to_document(truth, predictions, score);
    if (protocols)
      document["protocols"] = bench::to_value(*protocols);
    ctx.print(document);
    return check_score(o, gates, baselines, truth, score, ctx);
  }
  if (protocols) {
    print_protocols(ctx, *protocols);
    return check_score(o, gates, baselines, truth, score, ctx);
  }
  print_score(ctx, score);
  if (o.details)
    print_details(ctx, score);
  return check_score(o, gates, baselines, truth, score, ctx);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  add_truth_options(args, o->truth, "--truth");
  args.value("--predictions", o->predictions, "What the model said; may be given often")
      .metavar("F");
  args.value("PREDICTIONS", o->predictions, "More of the same");
  args.value("--predictions-from", o->predictions_from, "Format of --predictions")
      .metavar("FMT")
      .default_text("by content");
  args.value("--shards", o->shards,
             "The predictions are those of 'infer --shard 1/N' to N/N: refuse if one is not whole")
      .metavar("N");
  args.value("--protocol", o->protocol, "Rules of average precision")
      .choices({"coco", "voc", "voc11"});
  args.list("--iou", o->iou, "Least overlap of a right box under voc and voc11")
      .default_text("0.5");
  args.flag("--details", o->details,
            "Also precision, recall, F1, best thresholds, kinds of error and confusions");
  args.value("--score-threshold", o->score_threshold,
             "Least score of the detections that --details counts")
      .metavar("S")
      .default_text(number(bench::ScoreOptions().score_threshold));
  args.list("--top-k", o->top_k, "Whole pictures: the right class is among the first K guesses")
      .metavar("K,K")
      .default_text("5");
  args.value("--bootstrap", o->bootstrap,
             "Samples of images for 95 % intervals of the main metrics; 1000 is usual, 0 is off")
      .metavar("N");
  args.flag("--explain-protocols", o->explain_protocols,
            "The same predictions under coco, voc and voc11, and what each rule changes");
  args.value("--report", o->report,
             "Also write a page (.html): curves of the classes, and the images with most errors")
      .metavar("FILE");
  add_gate_options(args, o->gate);
  args.value("--table", o->table, "Table of the --baseline: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_score;
const Command bench_score{"bench score", "Score predictions against the right answers", declare};
} // namespace mlopsctl::commands
