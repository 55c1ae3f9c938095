// SPDX-License-Identifier: Apache-2.0
// manifest preview: a page, or one picture, on which a data set can be looked at.
#include "report/preview.hpp"

#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "dataset/pick.hpp"
#include "dataset/rules.hpp"
#include "dataset/where.hpp"
#include "imaging/codecs.hpp"
#include "imaging/contact_sheet.hpp"
#include "report/thumbnail.hpp"

#include <filesystem>
#include <optional>
#include <unordered_map>

namespace mlopsctl::commands {
namespace {

constexpr int k_thumbnail_quality = 80;

struct Options {
  std::string input;
  std::string output;
  std::string contact_sheet;
  std::string sample = "random";
  std::int64_t limit = 200;
  int thumb = 400;
  int cell = 220;
  std::vector<std::string> where;
  LabelOptions labels;
};

struct Chosen {
  std::vector<dataset::Sample> samples;
  std::unordered_map<std::string, Problems> problems; ///< by place
  report::PreviewTotals totals;
  dataset::ClassMap classes;
};

/// Reads the whole set once: counts, problems, and the samples that will be shown.
Chosen choose(const Options& o, const Context& ctx, Problems& all) {
  const auto reader = formats::open_labels(o.input, read_options(o.labels, o.input, false));
  dataset::Filter filter;
  for (const auto& text : o.where)
    filter.conditions.emplace_back(text);
  dataset::Picker picker(*dataset::pick_rule_from_name(o.sample), static_cast<std::size_t>(o.limit),
                         ctx.options.seed);
  Chosen chosen;
  const auto path = std::filesystem::path(o.input).lexically_normal();
  const auto name = path.has_filename() ? path.filename() : path.parent_path().filename();
  chosen.totals.title = o.input == "-" ? "stdin" : name.string();
  dataset::Sample sample;
  std::size_t known = 0;
  while (reader->next(sample)) {
    check_interrupt();
    if (!filter.apply(sample))
      continue;
    dataset::Validator validator;
    validator.add(sample);
    Problems mine = validator.take();
    for (; known < reader->problems().size(); ++known)
      if (reader->problems()[known].place == sample.place)
        mine.push_back(reader->problems()[known]);
    picker.add(sample, !mine.empty());
    if (!mine.empty())
      chosen.problems[sample.place] = std::move(mine);
    ++chosen.totals.images;
    chosen.totals.boxes += static_cast<std::int64_t>(sample.annotations.size());
    chosen.totals.unlabelled += sample.is_labelled ? 0 : 1;
    for (const auto& annotation : sample.annotations)
      ++chosen.totals.objects_by_class[annotation.label];
    for (const auto& image_class : sample.classes)
      ++chosen.totals.objects_by_class[image_class.label];
  }
  chosen.classes = reader->classes();
  for (const auto& [label, count] : chosen.totals.objects_by_class)
    chosen.classes.add(label);
  all = reader->problems();
  chosen.samples = picker.take();
  return chosen;
}

struct Shown {
  report::PreviewCard card;
  imaging::Image drawn;
};

bool is_picture(const std::string& path) {
  return lower(path).ends_with(".png");
}

void validate(const Options& o) {
  if (o.limit < 1 || o.limit > 10'000)
    throw Error(Fault::usage, "--show: " + std::to_string(o.limit) + " is not from 1 to 10000");
  for (const int side : {o.thumb, o.cell})
    if (side < 32 || side > 2048)
      throw Error(Fault::usage,
                  "--thumb, --cell: " + std::to_string(side) + " is not from 32 to 2048 pixels");
  if (!is_picture(o.output) && o.output != "-" && !lower(o.output).ends_with(".html"))
    throw Error(Fault::usage, o.output + ": is neither .html nor .png",
                "a page for the browser, or a contact sheet");
  if (is_picture(o.output) && !o.contact_sheet.empty())
    throw Error(Fault::usage, "two contact sheets: " + o.output + " and " + o.contact_sheet);
  check_label_options(o.labels);
}

int run(const Options& o, Context& ctx) {
  validate(o);
  const bool has_page = !is_picture(o.output);
  const std::string sheet_path = has_page ? o.contact_sheet : o.output;
  refuse_existing(ctx, {o.output, o.contact_sheet}, {o.input});
  Problems problems;
  Chosen chosen = choose(o, ctx, problems);
  if (chosen.samples.empty())
    throw Error(Fault::input, o.input + ": no image to show");
  std::optional<report::PreviewPage> page;
  if (has_page)
    page.emplace(create_sink(o.output, ctx.existing()), chosen.classes.names());
  std::optional<imaging::ContactSheet> sheet;
  if (!sheet_path.empty())
    sheet.emplace(static_cast<int>(chosen.samples.size()), o.cell);

  const auto finder = image_finder(o.labels, o.input);
  const auto progress =
      ctx.progress("preview", static_cast<std::int64_t>(chosen.samples.size()), "images");
  std::size_t next = 0;
  std::int64_t missing = 0;
  ordered_parallel<dataset::Sample, Shown>(
      ctx.jobs(),
      [&]() -> std::optional<dataset::Sample> {
        check_interrupt();
        if (next == chosen.samples.size())
          return std::nullopt;
        return std::move(chosen.samples[next++]);
      },
      [&](dataset::Sample&& sample) {
        Shown shown;
        const auto path = finder.find(sample.ref).value_or("");
        auto thumbnail = report::thumbnail(path, o.thumb, shown.card.why_missing);
        if (has_page && !thumbnail.empty())
          shown.card.thumbnail = imaging::encode_jpeg(thumbnail, k_thumbnail_quality);
        if (sheet)
          shown.drawn = report::drawn_thumbnail(
              sample, chosen.classes, report::thumbnail(path, o.cell, shown.card.why_missing));
        shown.card.sample = std::move(sample);
        return shown;
      },
      [&](Shown&& shown) {
        if (const auto known = chosen.problems.find(shown.card.sample.place);
            known != chosen.problems.end())
          shown.card.problems = known->second;
        missing += shown.card.why_missing.empty() ? 0 : 1;
        if (page)
          page->add(shown.card);
        if (sheet)
          sheet->add(shown.drawn, std::filesystem::path(shown.card.sample.ref).filename().string());
        progress->advance();
      });
  if (page)
    page->finish(chosen.totals);
  if (sheet)
    write_file(sheet_path, imaging::encode_png(sheet->sheet()), ctx.existing());

  print_problems(ctx, problems);
  const auto shown = static_cast<std::int64_t>(next);
  if (ctx.options.json) {
    Value document = dataset_document("preview", chosen.totals.images, {}, problems);
    document["images_shown"] = shown;
    document["images_missing"] = missing;
    document["output"] = o.output;
    ctx.print(document);
  }
  if (o.output != "-")
    ctx.say(o.output + ": " + counted(shown, "image") + " of " +
            std::to_string(chosen.totals.images) +
            (missing > 0 ? ", " + std::to_string(missing) + " without a picture (--images DIR)"
                         : std::string()));
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to look at, in any label format").required();
  args.output(o->output, "Page (.html) or contact sheet (.png) to write").required();
  args.value("--contact-sheet", o->contact_sheet, "Also write a contact sheet (PNG)")
      .metavar("FILE")
      .default_text("");
  args.value("--sample", o->sample, "Which images, when there are more than --show")
      .choices({"random", "first", "per-class"});
  args.value("--show", o->limit, "Show at most so many images").metavar("N");
  args.value("--thumb", o->thumb, "Longer side of the thumbnails on the page").metavar("PX");
  args.value("--cell", o->cell, "Longer side of the pictures on the contact sheet").metavar("PX");
  args.value("--where", o->where,
             "Only what holds this condition (see manifest filter; repeatable)")
      .metavar("EXPR");
  add_reading_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_preview;
const Command manifest_preview{"manifest preview", "Show a data set as a page or a contact sheet",
                               declare};
} // namespace mlopsctl::commands
