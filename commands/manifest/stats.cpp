// SPDX-License-Identifier: Apache-2.0
// manifest stats: how many of what, and how large.
#include "dataset/stats.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "dataset/drift.hpp"
#include "formats/labels/format.hpp"

#include <optional>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string against;
  std::optional<double> fail_above;
  LabelOptions labels;
};

double mean_px(const dataset::ClassStats& stats) {
  return stats.objects == 0 ? 0 : stats.sum_px / static_cast<double>(stats.objects);
}

Value quantiles(const dataset::LogHistogram& histogram) {
  Value out = Value::object();
  for (const auto& [name, part] :
       {std::pair{"p10", 0.1}, std::pair{"p50", 0.5}, std::pair{"p90", 0.9}})
    out[name] = histogram.quantile(part);
  return out;
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
    row["whole_images"] = entry.whole_images;
    row["smallest_px"] = entry.smallest_px;
    row["mean_px"] = mean_px(entry);
    row["largest_px"] = entry.largest_px;
    classes.push(std::move(row));
  }
  document["classes"] = std::move(classes);
  document["images_with_a_class"] = stats.with_class;
  document["box_side_px"] = quantiles(stats.sides_px);
  document["box_part_of_image"] = quantiles(stats.parts);
  document["box_aspect"] = quantiles(stats.aspects);
  document["annotations_an_image"] = quantiles(stats.objects_an_image);
  Value splits = Value::object();
  for (const auto& [key, count] : stats.by_split)
    if (key.first != dataset::Split::none)
      splits[dataset::split_name(key.first)][key.second] = count;
  document["splits"] = std::move(splits);
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

void print_classes(const Context& ctx, const dataset::Stats& stats) {
  Table table{{"class", "images"}, {}};
  if (stats.objects > 0)
    table.header.insert(table.header.end(), {"objects", "smallest px", "mean px", "largest px"});
  std::vector<dataset::Split> splits;
  for (const auto& [split, count] : stats.splits)
    if (split != dataset::Split::none) {
      splits.push_back(split);
      table.header.emplace_back("in " + std::string(dataset::split_name(split)));
    }
  for (const auto& entry : stats.classes()) {
    auto& row = table.rows.emplace_back();
    row = {entry.label, std::to_string(entry.images)};
    if (stats.objects > 0)
      row.insert(row.end(), {std::to_string(entry.objects), fixed(entry.smallest_px, 1),
                             fixed(mean_px(entry), 1), fixed(entry.largest_px, 1)});
    for (const auto split : splits) {
      const auto found = stats.by_split.find({split, entry.label});
      row.push_back(std::to_string(found == stats.by_split.end() ? 0 : found->second));
    }
  }
  if (!table.rows.empty())
    ctx.print(table);
}

void print_for_people(const Options& o, const Context& ctx, const dataset::Stats& stats) {
  ctx.say(o.input + ": " + std::to_string(stats.images) + " images (" +
          std::to_string(stats.empty) + " empty, " + std::to_string(stats.unlabelled) +
          " not labelled), " +
          (stats.with_class > 0 ? std::to_string(stats.with_class) + " with a class as a whole, "
                                : std::string()) +
          std::to_string(stats.objects) + " objects, at most " +
          std::to_string(stats.most_objects) + " in an image");
  if (stats.objects > 0 || stats.with_class == 0)
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
  if (stats.objects > 0) {
    const auto three = [](const dataset::LogHistogram& histogram, int decimals, double factor = 1) {
      return fixed(factor * histogram.quantile(0.1), decimals) + " / " +
             fixed(factor * histogram.quantile(0.5), decimals) + " / " +
             fixed(factor * histogram.quantile(0.9), decimals);
    };
    ctx.say("10 %, half and 90 % of the boxes are below: side " + three(stats.sides_px, 0) +
            " px, " +
            (stats.parts.count() > 0 ? three(stats.parts, 2, 100) + " % of the image, " : "") +
            "width / height " + three(stats.aspects, 2));
  }
  print_classes(ctx, stats);
}

dataset::Stats count(const std::string& path, const Options& o, const Context& ctx,
                     Problems& problems) {
  const auto reader = formats::open_labels(path, looking_options(o.labels, path));
  const auto progress = ctx.progress("stats", 0, "images");
  dataset::Stats stats;
  dataset::Sample sample;
  while (reader->next(sample)) {
    check_interrupt();
    stats.add(sample);
    progress->advance();
  }
  problems.insert(problems.end(), reader->problems().begin(), reader->problems().end());
  return stats;
}

const char* psi_verdict(double psi) {
  if (psi < 0.1)
    return "the same mixture";
  return psi < 0.25 ? "a somewhat other mixture" : "another mixture";
}

Value to_value(const dataset::DistanceTest& test) {
  Value out = Value::object();
  out["distance"] = test.distance;
  out["critical"] = test.critical;
  out["differs"] = test.differs();
  return out;
}

Value drift_document(const Options& o, const dataset::Drift& drift) {
  Value out = Value::object();
  out["against"] = o.against;
  out["class_psi"] = drift.class_psi;
  Value shares = Value::array();
  for (const auto& share : drift.shares) {
    Value row = Value::object();
    row["label"] = share.label;
    row["share"] = share.before;
    row["share_against"] = share.after;
    shares.push(std::move(row));
  }
  out["classes"] = std::move(shares);
  out["box_side"] = to_value(drift.size);
  out["box_aspect"] = to_value(drift.aspect);
  out["annotations_an_image"] = to_value(drift.objects);
  return out;
}

void print_drift(const Options& o, const Context& ctx, const dataset::Drift& drift) {
  constexpr std::size_t k_shown = 10;
  ctx.say("");
  ctx.say("against " + o.against + ": " + psi_verdict(drift.class_psi) +
          " of classes (population stability index " + fixed(drift.class_psi, 3) +
          "; below 0.1 the same, from 0.25 another)");
  const auto line = [&](const char* what, const dataset::DistanceTest& test) {
    ctx.say(std::string(what) + (test.differs() ? " differ" : " do not differ") + ": distance " +
            fixed(test.distance, 3) + ", by chance up to " + fixed(test.critical, 3) +
            " (Kolmogorov-Smirnov, 5 %)");
  };
  line("sizes of boxes", drift.size);
  line("forms of boxes (width / height)", drift.aspect);
  line("objects in an image", drift.objects);
  Table table{{"class", "share", "share against", "change"}, {}};
  for (std::size_t i = 0; i < drift.shares.size() && i < k_shown; ++i) {
    const auto& share = drift.shares[i];
    table.rows.push_back({share.label, fixed(100 * share.before, 1) + " %",
                          fixed(100 * share.after, 1) + " %",
                          fixed(100 * (share.after - share.before), 1)});
  }
  if (!table.rows.empty())
    ctx.print(table);
}

int run(const Options& o, Context& ctx) {
  check_label_options(o.labels);
  if (o.fail_above && o.against.empty())
    throw Error(Fault::usage, "--fail-above needs --against",
                "it is a bound on the drift between two data sets");
  if (o.fail_above && !(*o.fail_above >= 0))
    throw Error(Fault::usage, "--fail-above: " + number(*o.fail_above) + " is negative");
  Problems problems;
  const auto stats = count(o.input, o, ctx, problems);
  std::optional<dataset::Drift> drift;
  if (!o.against.empty())
    drift = dataset::drift_between(stats, count(o.against, o, ctx, problems));
  print_problems(ctx, problems);
  if (ctx.options.json) {
    Value document = to_document(stats, problems);
    if (drift)
      document["drift"] = drift_document(o, *drift);
    ctx.print(document);
  } else {
    print_for_people(o, ctx, stats);
    if (drift)
      print_drift(o, ctx, *drift);
  }
  if (has_errors(problems))
    return exit_failed;
  if (!o.fail_above || drift->class_psi <= *o.fail_above)
    return exit_ok;
  ctx.err << "mlopsctl manifest stats: the drift of classes is " << fixed(drift->class_psi, 3)
          << ", more than " << number(*o.fail_above) << '\n';
  return exit_not_met;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to count, in any label format").required();
  args.value("--against", o->against, "Another data set: how far the two are from each other")
      .metavar("B")
      .default_text("");
  args.value("--fail-above", o->fail_above,
             "With --against: exit 3 if the drift of classes (PSI) is larger")
      .metavar("PSI");
  add_reading_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_stats;
const Command manifest_stats{"manifest stats", "Count images, objects, classes and sizes", declare};
} // namespace mlopsctl::commands
