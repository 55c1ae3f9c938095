// SPDX-License-Identifier: Apache-2.0
// manifest convert: read labels in one format, write them in another.
#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/text.hpp"
#include "dataset/copy.hpp"
#include "formats/labels/format.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::string to;
  std::string loss_report;
  LabelOptions labels;
};

/// What the reader could not take up and what the writer cannot hold, as one list.
dataset::Losses all_losses(const dataset::SampleReader& reader,
                           const dataset::SampleWriter& writer) {
  dataset::Losses losses = reader.losses();
  losses.insert(losses.end(), writer.losses().begin(), writer.losses().end());
  return losses;
}

void report_losses(const Options& o, const Context& ctx, const dataset::Losses& losses) {
  if (!o.loss_report.empty()) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.manifest.losses/1";
    Value list = Value::array();
    for (const auto& loss : losses) {
      Value entry = Value::object();
      entry["what"] = loss.field;
      entry["count"] = loss.count;
      entry["first"] = loss.first;
      list.push(std::move(entry));
    }
    document["losses"] = std::move(list);
    write_file(o.loss_report, to_json(document, 2) + "\n", ctx.existing());
  }
  if (ctx.options.quiet)
    return;
  for (const auto& loss : losses)
    ctx.err << "not in the output: " << printable(loss.field) << ": " << loss.count
            << " (first: " << printable(loss.first) << ")\n";
}

int run(const Options& o, Context& ctx) {
  check_label_options(o.labels);
  refuse_existing(ctx, {o.labels.problems, o.loss_report}, {o.input, o.output});
  const auto& to = formats::format_for_output(o.output, o.to);
  auto input = formats::open_label_input(o.input);
  const auto& from =
      o.labels.from.empty() ? formats::recognise(input) : formats::label_format(o.labels.from);
  const auto reader = formats::open_labels(std::move(input), read_options(o.labels, o.input, true));
  const auto write = write_options(o.labels, ctx, from, to, *reader);
  const auto writer = formats::create_labels(o.output, write);
  const auto progress = ctx.progress("convert", 0, "images");
  dataset::CopyOptions copy;
  copy.jobs = ctx.jobs();
  copy.advance = [&](std::int64_t count) { progress->advance(count); };
  if (to.holds.unknown_fields && !to.extensions.empty()) // formats that keep whole references
    if (const auto rebase = rebasing(o.input, o.output))
      copy.transform = [rebase](dataset::Sample& sample) {
        rebase(sample);
        return true;
      };
  Outcome outcome;
  outcome.images_read = dataset::copy_samples(*reader, *writer, copy) + reader->left_out();
  outcome.problems = reader->problems();
  if (outcome.images_read == 0)
    outcome.problems.push_back(
        {"no-images", Severity::warning, o.input, "holds no images; is it the right one?"});
  const bool is_written = may_write(ctx, o.labels, outcome.problems);
  if (is_written) {
    outcome.written = writer->finish();
    report_losses(o, ctx, all_losses(*reader, *writer));
  }
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "File or folder to read, - for stdin").required();
  args.output(o->output, "File or folder to write, - for stdout").required();
  args.value("--to", o->to, "Format of the output (default: by its name)")
      .metavar("FMT")
      .default_text("");
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  args.value("--loss-report", o->loss_report,
             "Write what the output format cannot hold to this file (JSON)")
      .metavar("FILE")
      .default_text("");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_convert;
const Command manifest_convert{"manifest convert", "Convert labels between dataset formats",
                               declare};
} // namespace mlopsctl::commands
