// SPDX-License-Identifier: Apache-2.0
// manifest merge-detections: the boxes of several detectors as one set of labels.
#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/text.hpp"
#include "dataset/copy.hpp"
#include "dataset/merge_streams.hpp"
#include "formats/labels/format.hpp"

#include <functional>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output;
  std::string to;
  std::string method = "weighted";
  double iou = 0.55;
  double min_score = 0;
  LabelOptions labels;
};

void check_share(const char* name, double value) {
  if (value < 0 || value > 1)
    throw Error(Fault::usage, std::string(name) + ": " + number(value) + " is not from 0 to 1");
}

int run(const Options& o, Context& ctx) {
  check_label_options(o.labels);
  auto data_files = o.inputs;
  data_files.push_back(o.output);
  refuse_existing(ctx, {o.labels.problems}, data_files);
  check_share("--iou", o.iou);
  check_share("--min-score", o.min_score);
  std::vector<std::unique_ptr<dataset::SampleReader>> readers;
  for (const auto& input : o.inputs)
    readers.push_back(formats::open_labels(input, read_options(o.labels, input, true)));
  dataset::ClassMap classes; // ids as in the first input, those of the others after them
  for (const auto& reader : readers)
    for (const auto& name : dataset::read_classes(*reader))
      classes.add(name);
  const auto writer = formats::create_labels(o.output, {.format = o.to,
                                                        .existing = ctx.existing(),
                                                        .label_attribute = o.labels.label_attribute,
                                                        .voc_base = o.labels.voc_base,
                                                        .classes = classes.names(),
                                                        .keep_source_ids = false});
  dataset::MergeOptions merge;
  merge.method = o.method == "best" ? dataset::MergeMethod::best : dataset::MergeMethod::weighted;
  merge.iou_threshold = o.iou;
  merge.min_score = o.min_score;
  // One picture has one reference, whatever folder its detections lie in.
  std::vector<std::function<void(dataset::Sample&)>> rebase;
  for (const auto& input : o.inputs)
    rebase.push_back(rebasing(input, o.output));
  const auto& to = formats::format_for_output(o.output, o.to);
  if (to.holds.unknown_fields && !to.extensions.empty()) // formats that keep whole references
    merge.transform = [&rebase](std::size_t source, dataset::Sample& sample) {
      if (rebase[source])
        rebase[source](sample);
    };
  Outcome outcome;
  outcome.images_read = dataset::merge_streams(readers, merge, *writer);
  outcome.has_merged = true;
  for (const auto& reader : readers) {
    outcome.images_read += reader->left_out();
    outcome.problems.insert(outcome.problems.end(), reader->problems().begin(),
                            reader->problems().end());
  }
  const bool is_written = may_write(ctx, o.labels, outcome.problems);
  if (is_written)
    outcome.written = writer->finish();
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->inputs, "Predictions of 'mlopsctl infer', or labels with scores").required();
  args.output(o->output, "Labels to write", false).required();
  args.value("--to", o->to, "Format of the output (default: by its name)")
      .metavar("FMT")
      .default_text("");
  args.value("--method", o->method, "weighted: corners averaged by score; best: the best box")
      .choices({"weighted", "best"});
  args.value("--iou", o->iou, "Boxes of a class that overlap more are one object");
  args.value("--min-score", o->min_score, "Leave merged boxes with a lower score out");
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_merge_detections;
const Command manifest_merge_detections{
    "manifest merge-detections", "Merge the boxes of several detectors into one set", declare};
} // namespace mlopsctl::commands
