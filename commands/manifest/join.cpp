// SPDX-License-Identifier: Apache-2.0
// manifest join: several data sets become one manifest, classes by name.
#include "dataset/join.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/interrupt.hpp"
#include "dataset/refs.hpp"
#include "formats/labels/format.hpp"

#include <functional>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output;
  std::string on_conflict = "error";
  std::string label_attribute;
};

using Readers = std::vector<std::unique_ptr<dataset::SampleReader>>;

/// Every sample of every input in order, its reference as seen from the output's folder.
void for_each(const Options& o, Readers& readers,
              const std::function<void(dataset::Sample&)>& visit) {
  const std::string to = folder_of(o.output);
  dataset::Sample sample;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const std::string from = folder_of(o.inputs[i]);
    while (readers[i]->next(sample)) {
      check_interrupt();
      sample.ref = dataset::rebase_ref(sample.ref, from, to);
      visit(sample);
    }
  }
}

void refuse_conflicts(const dataset::Joiner& joiner) {
  const auto conflicts = joiner.conflicts();
  if (!conflicts.empty())
    throw Error(Fault::input,
                counted(static_cast<std::int64_t>(conflicts.size()), "image") +
                    (conflicts.size() == 1 ? " occurs" : " occur") +
                    " more than once, the first is '" + conflicts.front() + "'",
                "say what to do with --on-conflict first, last or merge");
}

int run(const Options& o, Context& ctx) {
  Readers readers;
  for (const auto& input : o.inputs)
    readers.push_back(formats::open_labels(input, read_options({}, input, false)));
  dataset::Joiner joiner(*dataset::on_conflict_from_name(o.on_conflict));
  std::int64_t images_read = 0;
  dataset::ClassMap classes;
  for_each(o, readers, [&](dataset::Sample& sample) {
    joiner.count(sample.ref);
    ++images_read;
  });
  Problems problems;
  for (const auto& reader : readers) {
    for (const auto& name : reader->classes().names())
      classes.add(name);
    problems.insert(problems.end(), reader->problems().begin(), reader->problems().end());
  }
  if (o.on_conflict == "error")
    refuse_conflicts(joiner);
  refuse_bad_records(ctx, problems);

  const auto writer = formats::create_labels(o.output, {.format = "ground_truth",
                                                        .existing = ctx.existing(),
                                                        .label_attribute = o.label_attribute,
                                                        .voc_base = 0,
                                                        .classes = classes.names(),
                                                        .keep_source_ids = false});
  for (const auto& reader : readers)
    reader->rewind();
  for_each(o, readers, [&](dataset::Sample& sample) {
    if (auto joined = joiner.take(std::move(sample)))
      writer->write(*joined);
    sample = {};
  });
  const auto written = writer->finish();
  if (o.output == "-") // stdout is the manifest
    return exit_ok;
  if (ctx.options.json)
    ctx.print(dataset_document("join", images_read, written, problems));
  ctx.say(o.output + ": " + counted(written.images, "image") + ", " +
          counted(written.annotations, "object") + " from " +
          counted(static_cast<std::int64_t>(o.inputs.size()), "data set"));
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->inputs, "Data sets to join, in any label format").required();
  args.output(o->output, "Manifest to write", false).required();
  args.value("--on-conflict", o->on_conflict, "When several know the same image")
      .choices({"error", "first", "last", "merge"});
  args.value("--label-attribute", o->label_attribute, "Name of the label in the output")
      .metavar("NAME")
      .default_text("that of the first");
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_join;
const Command manifest_join{"manifest join", "Join several data sets into one manifest", declare};
} // namespace mlopsctl::commands
