// SPDX-License-Identifier: Apache-2.0
// manifest filter: keep the images and boxes that hold a condition.
#include "commands/command.hpp"
#include "commands/manifest/transfer.hpp"
#include "core/text.hpp"
#include "dataset/drop_list.hpp"
#include "dataset/where.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

constexpr std::uint64_t k_max_list_bytes = std::uint64_t{256} << 20;

struct Options {
  std::string input;
  std::string output;
  std::string to;
  std::vector<std::string> where;
  std::string drop_list;
  std::vector<std::string> classes;
  double min_area = 0;
  bool keep_emptied = false;
  LabelOptions labels;
};

void validate(const Options& o) {
  if (o.min_area < 0)
    throw Error(Fault::usage, "--min-area: " + number(o.min_area) + " is negative");
  if (o.where.empty() && o.drop_list.empty() && o.classes.empty() && o.min_area <= 0)
    throw Error(Fault::usage, "nothing to filter by",
                "pass --where, --classes, --min-area or --drop-list");
  check_label_options(o.labels);
}

dataset::Filter filter_of(const Options& o) {
  dataset::Filter filter;
  for (const auto& text : o.where)
    filter.conditions.emplace_back(text);
  filter.classes = o.classes;
  filter.min_area_px = o.min_area;
  filter.keeps_emptied_images = o.keep_emptied;
  return filter;
}

/// A name that nothing has would silently filter everything out.
void refuse_unseen_names(const dataset::Filter& filter) {
  for (const auto& condition : filter.conditions)
    for (const auto& name : condition.unseen_names())
      throw Error(Fault::usage,
                  "--where: no image has a '" + printable(name) + "'" +
                      did_you_mean(name, dataset::where_names()),
                  "texts stand in quotes: class == 'dog'");
}

void warn_of_unused(const Options& o, const dataset::DropList& drops,
                    const std::vector<std::string>& known_classes, Problems& problems) {
  for (const auto& entry : drops.unused())
    problems.push_back({"drop-list-unused", Severity::warning, o.drop_list,
                        "'" + entry + "' is the name of no image"});
  for (const auto& name : o.classes)
    if (std::find(known_classes.begin(), known_classes.end(), name) == known_classes.end())
      problems.push_back(
          {"class-unused", Severity::warning, "--classes",
           "'" + name + "' is no class of the data set" + did_you_mean(name, known_classes)});
}

int run(const Options& o, Context& ctx) {
  validate(o);
  refuse_existing(ctx, {o.labels.problems}, {o.input, o.output});
  const dataset::Filter filter = filter_of(o);
  const dataset::DropList drops(o.drop_list.empty() ? ""
                                                    : read_file(o.drop_list, k_max_list_bytes));
  const auto transfer = open_transfer(o.labels, o.input, o.output, o.to, ctx);
  Outcome outcome = copy_all(transfer, ctx, [&](dataset::Sample& sample) {
    return !drops.holds(sample.ref) && filter.apply(sample);
  });
  refuse_unseen_names(filter);
  warn_of_unused(o, drops, transfer.reader->classes().names(), outcome.problems);
  const bool is_written = finish_transfer(transfer, ctx, o.labels, outcome);
  if (is_written)
    print_losses(ctx, all_losses(transfer));
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "File or folder to read, - for stdin").required();
  args.output(o->output, "File or folder to write, - for stdout").required();
  args.value("--where", o->where,
             "Condition that boxes or images must hold (repeatable: all of them)")
      .metavar("EXPR");
  args.list("--classes", o->classes, "Keep the boxes of these classes only").metavar("A,B");
  args.value("--min-area", o->min_area, "Keep boxes of at least this many square pixels")
      .metavar("PX");
  args.value(
          "--drop-list", o->drop_list,
          "Leave out the images that this file names: a reference, a file name or its stem a line")
      .metavar("FILE")
      .default_text("");
  args.flag("--keep-emptied", o->keep_emptied,
            "Keep images that lost all their boxes, as images without objects");
  add_output_format_option(args, o->to);
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_filter;
const Command manifest_filter{"manifest filter", "Keep the images and boxes that hold a condition",
                              declare};
} // namespace mlopsctl::commands
