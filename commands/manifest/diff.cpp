// SPDX-License-Identifier: Apache-2.0
// manifest diff: what changed between two data sets; exit 3 if anything did.
#include "dataset/diff.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "dataset/refs.hpp"

#include <array>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string before;
  std::string after;
  double iou = 0.5;
  bool by_name = false;
  std::int64_t limit = 20;
  LabelOptions labels;
};

struct Found {
  std::array<std::int64_t, dataset::k_change_count> counts{};
  std::vector<dataset::Difference> listed; ///< at most as many as wanted
  std::int64_t all = 0;
};

void validate(const Options& o) {
  if (!(o.iou > 0 && o.iou <= 1))
    throw Error(Fault::usage, "--iou: " + number(o.iou) + " is not over 0 and up to 1");
  if (o.limit < 0)
    throw Error(Fault::usage, "--show: " + std::to_string(o.limit) + " is negative");
  check_label_options(o.labels);
}

void take(const Options& o, bool is_whole, std::vector<dataset::Difference>&& differences,
          Found& found) {
  for (auto& difference : differences) {
    ++found.counts[static_cast<std::size_t>(difference.change)];
    ++found.all;
    if (is_whole || static_cast<std::int64_t>(found.listed.size()) < o.limit)
      found.listed.push_back(std::move(difference));
  }
}

/// Every sample, its reference as seen from here.
template <class Visit>
Problems visit_all(const Options& o, const std::string& path, const Visit& visit) {
  const auto reader = formats::open_labels(path, looking_options(o.labels, path));
  const std::string folder = folder_of(path);
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    sample.ref = dataset::rebase_ref(sample.ref, folder, "");
    visit(sample);
    sample = {};
  }
  return reader->problems();
}

void print(const Options& o, const Context& ctx, const Found& found, std::int64_t compared) {
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.manifest.diff/1";
    document["same"] = found.all == 0;
    document["images_compared"] = compared;
    Value counts = Value::object();
    for (std::size_t i = 0; i < found.counts.size(); ++i)
      counts[dataset::change_name(static_cast<dataset::Change>(i))] = found.counts[i];
    document["counts"] = std::move(counts);
    Value list = Value::array();
    for (const auto& difference : found.listed) {
      Value entry = Value::object();
      entry["change"] = dataset::change_name(difference.change);
      entry["image"] = difference.ref;
      entry["text"] = difference.text;
      list.push(std::move(entry));
    }
    document["differences"] = std::move(list);
    ctx.print(document);
    return;
  }
  for (const auto& difference : found.listed)
    ctx.say(std::string(dataset::change_name(difference.change)) + ": " +
            printable(difference.ref) + ": " + printable(difference.text));
  const auto shown = static_cast<std::int64_t>(found.listed.size());
  if (shown < found.all)
    ctx.say("and " + std::to_string(found.all - shown) + " more (--show, or --json for all)");
  std::string summary;
  for (std::size_t i = 0; i < found.counts.size(); ++i)
    if (found.counts[i] > 0)
      summary += (summary.empty() ? "" : ", ") +
                 std::string(dataset::change_name(static_cast<dataset::Change>(i))) + " " +
                 std::to_string(found.counts[i]);
  ctx.say(counted(compared, "image") +
          " compared: " + (summary.empty() ? "no difference" : summary));
  if (compared == 0 && found.all > 0 && !o.by_name)
    ctx.err << "no image is in both; --by-name compares images of one file name, whatever their "
               "folder or bucket\n";
}

int run(const Options& o, Context& ctx) {
  validate(o);
  dataset::Differ differ(o.iou, o.by_name);
  Found found;
  const bool is_whole = ctx.options.json;
  const Problems before = visit_all(
      o, o.before, [&](dataset::Sample& sample) { differ.add_before(std::move(sample)); });
  refuse_bad_records(ctx, before);
  const Problems after = visit_all(o, o.after, [&](dataset::Sample& sample) {
    take(o, is_whole, differ.add_after(sample), found);
  });
  refuse_bad_records(ctx, after);
  take(o, is_whole, differ.finish(), found);
  print(o, ctx, found, differ.matched_images());
  return found.all == 0 ? exit_ok : exit_not_met;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("A", o->before, "Data set before, in any label format").required();
  args.value("B", o->after, "Data set after, in any label format").required();
  args.value("--iou", o->iou, "Boxes that overlap at least so much are the same box").metavar("R");
  args.flag("--by-name", o->by_name, "Match images by file name, whatever their folder or bucket");
  args.value("--show", o->limit, "Differences to print (all with --json)").metavar("N");
  add_reading_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_diff;
const Command manifest_diff{"manifest diff", "Show what changed between two data sets", declare};
} // namespace mlopsctl::commands
