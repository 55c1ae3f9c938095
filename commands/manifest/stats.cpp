// SPDX-License-Identifier: Apache-2.0
// manifest stats: how many of what, and how large.
#include "dataset/stats.hpp"

#include "commands/command.hpp"
#include "commands/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/format.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string from;
  std::string label_attribute;
};

double mean_px(const dataset::ClassStats& stats) {
  return stats.objects == 0 ? 0 : stats.sum_px / static_cast<double>(stats.objects);
}

Value to_document(const dataset::Stats& stats, const Problems& problems) {
  Value document = dataset_document("stats", stats.images, {}, problems);
  document["annotations"] = stats.objects;
  document["images_empty"] = stats.empty;
  document["images_unlabelled"] = stats.unlabelled;
  document["most_annotations_in_an_image"] = stats.most_objects;
  Value& sizes = document["annotations_by_size"];
  sizes["small"] = stats.by_size[0];
  sizes["medium"] = stats.by_size[1];
  sizes["large"] = stats.by_size[2];
  Value classes = Value::array();
  for (const auto& entry : stats.classes()) {
    Value row = Value::object();
    row["label"] = entry.label;
    row["images"] = entry.images;
    row["annotations"] = entry.objects;
    row["smallest_px"] = entry.smallest_px;
    row["mean_px"] = mean_px(entry);
    row["largest_px"] = entry.largest_px;
    classes.push(std::move(row));
  }
  document["classes"] = std::move(classes);
  Value image_sizes = Value::array();
  for (const auto& [size, count] : stats.image_sizes) {
    Value row = Value::object();
    row["width"] = size.first;
    row["height"] = size.second;
    row["images"] = count;
    image_sizes.push(std::move(row));
  }
  document["image_sizes"] = std::move(image_sizes);
  return document;
}

void print_for_people(const Options& o, const Context& ctx, const dataset::Stats& stats) {
  ctx.say(o.input + ": " + std::to_string(stats.images) + " images (" +
          std::to_string(stats.empty) + " empty, " + std::to_string(stats.unlabelled) +
          " not labelled), " + std::to_string(stats.objects) + " objects, at most " +
          std::to_string(stats.most_objects) + " in an image");
  ctx.say("objects by size: " + std::to_string(stats.by_size[0]) + " small (< 32x32 px), " +
          std::to_string(stats.by_size[1]) + " medium, " + std::to_string(stats.by_size[2]) +
          " large (>= 96x96 px)");
  if (stats.image_sizes.size() == 1) {
    const auto [width, height] = stats.image_sizes.begin()->first;
    ctx.say(width > 0 ? "all images are " + std::to_string(width) + "x" + std::to_string(height)
                      : "no image has its size written down");
  } else if (!stats.image_sizes.empty()) {
    ctx.say(std::to_string(stats.image_sizes.size()) + " different image sizes");
  }
  Table table{{"class", "images", "objects", "smallest px", "mean px", "largest px"}, {}};
  for (const auto& entry : stats.classes())
    table.rows.push_back({entry.label, std::to_string(entry.images), std::to_string(entry.objects),
                          fixed(entry.smallest_px, 1), fixed(mean_px(entry), 1),
                          fixed(entry.largest_px, 1)});
  if (!table.rows.empty())
    ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  formats::ReadOptions options = read_options({}, o.input, false);
  options.format = o.from;
  options.label_attribute = o.label_attribute;
  const auto reader = formats::open_labels(o.input, options);
  dataset::Stats stats;
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    stats.add(sample);
  }
  print_problems(ctx, reader->problems());
  if (ctx.options.json)
    ctx.print(to_document(stats, reader->problems()));
  else
    print_for_people(o, ctx, stats);
  return has_errors(reader->problems()) ? exit_failed : exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to count, in any label format").required();
  args.value("--from", o->from, "Format of IN").metavar("FMT").default_text("by content");
  args.value("--label-attribute", o->label_attribute, "Ground Truth label to count")
      .metavar("NAME")
      .default_text("the newest");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_stats;
const Command manifest_stats{"manifest stats", "Count images, objects, classes and sizes", declare};
} // namespace mlopsctl::commands
