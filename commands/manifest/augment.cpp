// SPDX-License-Identifier: Apache-2.0
// manifest augment: more pictures from the same ones, boxes with them.
#include "imaging/augment.hpp"

#include "commands/command.hpp"
#include "commands/manifest/pictures_out.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "imaging/metadata.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::vector<std::string> ops;
  std::vector<std::string> no_flip_x_for;
  std::vector<std::string> swap;
  double min_visible = 0.3;
  PictureFormat format;
  bool keep_original = false;
  LabelOptions labels;
};

struct Plan {
  std::vector<imaging::Augmentation> augmentations;
  imaging::AugmentRules rules;
};

Plan plan_of(const Options& o, const Context& ctx) {
  if (o.ops.empty())
    throw Error(Fault::usage, "--ops is missing", "such as --ops flip-x,rotate90");
  if (!(o.min_visible >= 0 && o.min_visible <= 1))
    throw Error(Fault::usage, "--min-visible: " + number(o.min_visible) + " is not from 0 to 1");
  check_picture_format(o.format);
  Plan plan;
  for (const auto& text : o.ops)
    plan.augmentations.push_back(imaging::parse_augmentation(text));
  for (const auto& pair : o.swap) {
    const auto colon = pair.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == pair.size())
      throw Error(Fault::usage, "--swap: '" + printable(pair) + "' is not LEFT:RIGHT");
    plan.rules.swaps[pair.substr(0, colon)] = pair.substr(colon + 1);
    plan.rules.swaps[pair.substr(colon + 1)] = pair.substr(0, colon);
  }
  plan.rules.min_visible = o.min_visible;
  plan.rules.seed = ctx.options.seed;
  return plan;
}

/// A sample on its way in, with the names its children will have: given in order, so that they do
/// not depend on the threads.
struct Parent {
  dataset::Sample sample;
  std::vector<std::string> names; ///< one for each augmentation; empty: it is not made
  std::string original;           ///< empty: not kept
};

struct Family {
  std::vector<dataset::Sample> samples;
  Problems problems;
  std::int64_t dropped_boxes = 0;
  std::int64_t dropped_places = 0;
  std::int64_t masks = 0;
};

bool has_class(const dataset::Sample& sample, const std::vector<std::string>& classes) {
  const auto is_one = [&](const auto& thing) {
    return std::find(classes.begin(), classes.end(), thing.label) != classes.end();
  };
  return std::any_of(sample.annotations.begin(), sample.annotations.end(), is_one) ||
         std::any_of(sample.classes.begin(), sample.classes.end(), is_one);
}

/// Of a set that was augmented before, the last parent stays.
void set_member(dataset::Sample& sample, const std::string& name, const std::string& text) {
  std::erase_if(sample.extra, [&](const auto& member) { return member.first == name; });
  sample.extra.emplace_back(name, to_json(Value(text)));
}

Family make_children(Parent&& parent, const Plan& plan, const PictureFormat& format,
                     const formats::ImageFinder& finder, FolderSink& folder) {
  Family family;
  auto& sample = parent.sample;
  const auto picture = open_picture(finder, sample);
  if (!picture.fault.empty()) {
    family.problems.push_back({picture.rule, Severity::error, sample.place, picture.fault});
    return family;
  }
  family.masks = sample.mask_ref.empty() ? 0 : 1;
  sample.mask_ref.clear(); // of the picture as it was
  const std::string group = group_of_child(sample);
  const std::string from = sample.ref;
  if (!parent.original.empty()) {
    const auto path = *finder.find(from);
    folder.write(parent.original,
                 imaging::without_metadata(read_file(path, std::uint64_t{1} << 30), path));
    auto& kept = family.samples.emplace_back(sample);
    kept.ref = parent.original;
    kept.group = group;
  }
  for (std::size_t i = 0; i < plan.augmentations.size(); ++i) {
    check_interrupt();
    if (parent.names[i].empty())
      continue;
    auto made = imaging::augment(picture.image, sample, plan.augmentations[i], plan.rules);
    folder.write(parent.names[i], format.encode(made.image));
    family.dropped_boxes += made.dropped_boxes;
    family.dropped_places += made.dropped_places;
    made.sample.ref = parent.names[i];
    made.sample.group = group;
    set_member(made.sample, "augmented-from", from);
    set_member(made.sample, "augmentation", plan.augmentations[i].text);
    family.samples.push_back(std::move(made.sample));
  }
  return family;
}

class Namer {
public:
  Namer(const Options& o, const Plan& plan) : o_(o), plan_(plan) {}

  Parent name(dataset::Sample&& sample) {
    Parent parent;
    const std::string stem = stem_of(sample.ref);
    if (o_.keep_original) {
      const std::string file(formats::base_name(sample.ref));
      const auto extension = file.substr(formats::without_extension(file).size());
      parent.original = names_.take("images/", stem, safe_name("x" + extension).substr(1));
    }
    const bool is_one_way = has_class(sample, o_.no_flip_x_for);
    for (const auto& augmentation : plan_.augmentations) {
      const bool is_left_out = is_one_way && augmentation.mirrors();
      not_mirrored_ += is_left_out ? 1 : 0;
      parent.names.push_back(is_left_out ? std::string()
                                         : names_.take("images/", stem + "-" + augmentation.name(),
                                                       o_.format.extension()));
    }
    parent.sample = std::move(sample);
    return parent;
  }
  std::int64_t not_mirrored() const { return not_mirrored_; }

private:
  const Options& o_;
  const Plan& plan_;
  FileNames names_;
  std::int64_t not_mirrored_ = 0;
};

int run(const Options& o, Context& ctx) {
  const Plan plan = plan_of(o, ctx);
  auto out = open_pictures_out(o.labels, o.input, o.output, ctx);
  Namer namer(o, plan);
  std::int64_t dropped = 0;
  std::int64_t places = 0;
  std::int64_t masks = 0;
  auto outcome = make_pictures<Parent, Family>(
      out, ctx, [&](dataset::Sample&& sample) { return namer.name(std::move(sample)); },
      [&](Parent&& parent) {
        return make_children(std::move(parent), plan, o.format, out.finder, *out.folder);
      },
      [&](const Family& family) {
        dropped += family.dropped_boxes;
        places += family.dropped_places;
        masks += family.masks;
      });
  outcome.counts = {{"dropped_boxes", dropped},
                    {"dropped_members", places},
                    {"dropped_masks", masks},
                    {"not_mirrored", namer.not_mirrored()}};
  const bool is_written = finish_pictures(out, ctx, o.labels, outcome);
  if (is_written) {
    if (dropped > 0)
      ctx.say(counted(dropped, "object") + " left out: less than " + number(o.min_visible) +
              " of the area is visible");
    if (namer.not_mirrored() > 0)
      ctx.say(counted(namer.not_mirrored(), "picture") + " not mirrored (--no-flip-x-for)");
    if (places > 0)
      ctx.say(counted(places, "other member") +
              " left out: polygons, key points and other labels do not move with pictures");
    if (masks > 0)
      ctx.say(counted(masks, "segmentation mask") +
              " left out: masks are not changed with pictures");
  }
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set, in any label format").required();
  args.output(o->output, "Folder for images/ and labels.manifest").required();
  args.list("--ops", o->ops,
            "What to make of each picture: flip-x, flip-y, rotate90, rotate180, rotate270, "
            "transpose, "
            "brightness:V, contrast:V, blur:PX, noise:V, crop:PART, scale:V; several in one: a+b")
      .metavar("OP,...");
  args.flag("--keep-original", o->keep_original, "The pictures themselves too, without EXIF");
  args.list("--no-flip-x-for", o->no_flip_x_for, "Do not mirror pictures with these classes")
      .metavar("A,B");
  args.list("--swap", o->swap,
            "Classes that exchange their names when mirrored, such as left:right")
      .metavar("A:B,...");
  args.value("--min-visible", o->min_visible, "A box that keeps less of its area (crop) goes")
      .metavar("R");
  add_picture_format_option(args, o->format);
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_augment;
const Command manifest_augment{"manifest augment",
                               "Make more pictures from the same ones, with boxes", declare};
} // namespace mlopsctl::commands
