// SPDX-License-Identifier: Apache-2.0
// bench score: predictions against the right answers, as the numbers that papers and gates use.
#include "bench/score.hpp"

#include "commands/bench_report.hpp"
#include "commands/command.hpp"
#include "commands/truth_input.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "formats/labels/format.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  TruthOptions truth;
  std::vector<std::string> predictions;
  std::string predictions_from; // format; empty: by content
  std::string protocol = "coco";
  std::vector<std::string> iou;
};

bench::ScoreOptions score_options(const Options& o, const Context& ctx) {
  bench::ScoreOptions options;
  options.protocol = bench::protocol_from_name(o.protocol);
  options.jobs = ctx.jobs();
  if (o.iou.empty())
    return options;
  if (options.protocol == bench::Protocol::coco)
    throw Error(Fault::usage, "--iou: the coco protocol has its own ten thresholds",
                "leave it out, or pass --protocol voc or voc11");
  options.voc_iou.clear();
  for (const auto& text : o.iou) {
    const auto value = parse_double(text);
    if (!value)
      throw Error(Fault::usage, "--iou: '" + printable(text) + "' is not a number");
    bench::map_name(*value); // says what is allowed
    options.voc_iou.push_back(*value);
  }
  return options;
}

bench::Predictions read_predictions(const Options& o, const bench::Truth& truth,
                                    const Context& ctx) {
  bench::PredictionCollector collector(truth);
  formats::ReadOptions read;
  read.format = o.predictions_from;
  read.allow_ids_only = true;
  for (const auto& path : o.predictions) {
    const auto reader = formats::open_labels(path, read);
    try {
      collector.add_all(*reader, path);
    } catch (const Error&) {
      print_problems(ctx, reader->problems());
      throw;
    }
  }
  return collector.finish();
}

/// Names that never meet are a mistake of the files, not a model that finds nothing.
void refuse_strangers(const Options& o, const bench::Predictions& predictions) {
  const auto& left_out = predictions.left_out;
  const std::string name = join(o.predictions, ", ");
  if (predictions.images == 0 && left_out.unknown_image_count > 0)
    throw Error(Fault::input,
                name + ": none of its images is in " + o.truth.path + ", the first is '" +
                    left_out.unknown_images.front() + "'",
                "images meet by reference, else by file name");
  if (predictions.detections.empty() && predictions.guesses.empty() &&
      !left_out.unknown_classes.empty())
    throw Error(Fault::input,
                name + ": none of its classes is in " + o.truth.path + ", the first is '" +
                    left_out.unknown_classes.begin()->first + "'",
                "classes meet by name; give them the same names on both sides");
}

Value to_document(const bench::Truth& truth, const bench::Predictions& predictions,
                  const bench::Score& score) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.bench.score/1";
  document["protocol"] = bench::protocol_name(score.protocol);
  document["metrics"] = bench::to_value(score.metrics);
  document["per_class"] = bench::to_value(score.per_class);
  document["images"] = static_cast<std::int64_t>(truth.images.size());
  document["objects"] = truth.object_count();
  document["images_predicted"] = predictions.images;
  document["detections"] = static_cast<std::int64_t>(predictions.detections.size());
  document["left_out"] = bench::to_value(predictions.left_out);
  document["dataset_digest"] = bench::dataset_digest(truth);
  return document;
}

void print_for_people(const Context& ctx, const bench::Score& score) {
  Table metrics{{"metric", std::string(bench::protocol_name(score.protocol))}, {}};
  for (const auto& [name, value] : score.metrics)
    metrics.rows.push_back({name, shown_metric(value)});
  ctx.print(metrics);
  Table classes{{"class", "objects", "detections"}, {}};
  for (const auto& entry : score.per_class) {
    std::vector<std::string> row{entry.name, std::to_string(entry.objects),
                                 std::to_string(entry.detections)};
    for (const auto& [name, value] : entry.metrics) {
      if (classes.rows.empty())
        classes.header.push_back(name);
      row.push_back(shown_metric(value));
    }
    classes.rows.push_back(std::move(row));
  }
  ctx.say("");
  ctx.print(classes);
}

int run(const Options& o, Context& ctx) {
  const bench::ScoreOptions options = score_options(o, ctx);
  const bench::Truth truth = open_truth(o.truth, ctx);
  const bench::Predictions predictions = read_predictions(o, truth, ctx);
  refuse_strangers(o, predictions);
  warn_of_left_out(predictions.left_out);
  const auto images = static_cast<std::int64_t>(truth.images.size());
  if (predictions.images < images)
    log::warn(std::to_string(images - predictions.images) + " of " + std::to_string(images) +
              " images have no prediction; they count as if nothing was found in them");
  if (truth.kind == bench::TruthKind::detection && predictions.detections.empty())
    log::warn("there is not one detection: average precision is 0");
  const bench::Score score = bench::score(truth, predictions, options);
  if (ctx.options.json)
    ctx.print(to_document(truth, predictions, score));
  else
    print_for_people(ctx, score);
  return exit_ok;
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
  args.value("--protocol", o->protocol, "Rules of average precision")
      .choices({"coco", "voc", "voc11"});
  args.list("--iou", o->iou, "Least overlap of a right box under voc and voc11")
      .default_text("0.5");
  return [o](Context& ctx) {
    if (o->predictions.empty())
      throw Error(Fault::usage, "--predictions is missing",
                  "name the file that 'mlopsctl infer' wrote, or COCO results");
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_score;
const Command bench_score{"bench score", "Score predictions against the right answers", declare};
} // namespace mlopsctl::commands
