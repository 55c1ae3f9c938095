// SPDX-License-Identifier: Apache-2.0
// manifest split: train, validation and test manifests that share no clip.
#include "dataset/split.hpp"

#include "commands/command.hpp"
#include "commands/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "dataset/refs.hpp"
#include "formats/labels/format.hpp"

#include <map>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::string ratio = "train=0.8,validation=0.1,test=0.1";
  std::string group_by = "source";
  bool stratify = false;
};

struct Part {
  std::unique_ptr<dataset::SampleWriter> writer;
  dataset::Written written;
};

using Parts = std::map<dataset::Split, Part>;

void warn_if_lopsided(const dataset::SplitPlan& plan, std::size_t parts) {
  const auto [largest, all] = plan.largest_group();
  if (plan.group_count() < parts)
    log::warn("only " + counted(static_cast<std::int64_t>(plan.group_count()), "group") + " for " +
              std::to_string(parts) +
              " splits: some stay empty; group by something finer, such as --group-by time:10s");
  else if (2 * largest > all && plan.group_count() > 1)
    log::warn("one group holds " + std::to_string(largest) + " of " + std::to_string(all) +
              " images, so the shares cannot be kept; see --group-by");
}

Parts create_parts(FolderSink& folder, const dataset::Ratios& ratios,
                   const std::vector<std::string>& classes) {
  Parts parts;
  for (const auto& [split, ratio] : ratios)
    parts[split].writer =
        formats::create_manifest(folder.create(std::string(split_name(split)) + ".manifest"),
                                 {.format = "ground_truth",
                                  .existing = Existing::refuse,
                                  .label_attribute = "",
                                  .voc_base = 0,
                                  .classes = classes,
                                  .keep_source_ids = false}); // the same ids in every part
  return parts;
}

void report(const Options& o, const Context& ctx, const Parts& parts, std::size_t groups,
            const Problems& problems) {
  dataset::Written all;
  Value splits = Value::object();
  Table table{{"split", "images", "objects"}, {}};
  for (const auto& [split, part] : parts) {
    all.images += part.written.images;
    all.annotations += part.written.annotations;
    Value entry = Value::object();
    entry["images"] = part.written.images;
    entry["annotations"] = part.written.annotations;
    splits[split_name(split)] = std::move(entry);
    table.rows.push_back({std::string(split_name(split)), std::to_string(part.written.images),
                          std::to_string(part.written.annotations)});
  }
  if (ctx.options.json) {
    Value document = dataset_document("split", all.images, all, problems);
    document["groups"] = static_cast<std::int64_t>(groups);
    document["splits"] = std::move(splits);
    ctx.print(document);
    return;
  }
  ctx.say(o.output + ": " + counted(all.images, "image") + " in " +
          counted(static_cast<std::int64_t>(groups), "group"));
  if (!ctx.options.quiet)
    ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  const dataset::GroupRule rule(o.group_by);
  const dataset::Ratios ratios = dataset::parse_ratios(o.ratio);
  const auto folder = create_folder(o.output, ctx.existing());
  const auto reader = formats::open_labels(o.input, read_options({}, o.input, false));
  dataset::SplitPlan plan({ratios, o.stratify, ctx.options.seed});
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    plan.add(rule.group_of(sample), sample);
  }
  const Problems problems = reader->problems();
  refuse_bad_records(ctx, problems);
  if (plan.group_count() == 0)
    throw Error(Fault::input, o.input + ": has no images to split");
  plan.assign();
  warn_if_lopsided(plan, ratios.size());

  Parts parts = create_parts(*folder, ratios, reader->classes().names());
  const std::string from = folder_of(o.input);
  reader->rewind();
  while (reader->next(sample)) {
    check_interrupt();
    sample.split = plan.of(rule.group_of(sample));
    sample.ref = dataset::rebase_ref(sample.ref, from, o.output);
    parts.at(sample.split).writer->write(sample);
  }
  for (auto& [split, part] : parts)
    part.written = part.writer->finish();
  folder->finish();
  report(o, ctx, parts, plan.group_count(), problems);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to split, in any label format").required();
  args.output(o->output, "Folder for train.manifest, validation.manifest and test.manifest")
      .required();
  args.value("--ratio", o->ratio, "Share of images for each split").metavar("NAME=R,...");
  args.value("--group-by", o->group_by,
             "What must stay together: source, time:10s, field:NAME or regex:RE")
      .metavar("RULE");
  args.flag("--stratify", o->stratify, "Keep each class's share near the ratios too");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_split;
const Command manifest_split{"manifest split", "Split a data set into train, validation and test",
                             declare};
} // namespace mlopsctl::commands
