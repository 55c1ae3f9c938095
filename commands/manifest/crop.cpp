// SPDX-License-Identifier: Apache-2.0
// manifest crop: cut every box out: a detection data set becomes one for classification.
#include "commands/command.hpp"
#include "commands/manifest/pictures_out.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "imaging/cutout.hpp"
#include "imaging/transform.hpp"

#include <map>
#include <string_view>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output;
  double margin = 0;
  bool square = false;
  bool by_split = false;
  std::optional<std::pair<int, int>> size;
  double min_area = 0;
  PictureFormat format;
  LabelOptions labels;
};

struct Parent {
  dataset::Sample sample;
  std::vector<std::string> names; ///< one for each box; empty: it is too small
};

struct Cuts {
  std::vector<dataset::Sample> samples;
  Problems problems;
  std::int64_t clipped = 0;
};

/// Folders by class, files by image and box; given in order.
class Namer {
public:
  explicit Namer(const Options& o) : o_(o), extension_(o.format.extension()) {
    // A class may be called as something else in the folder is.
    for (const char* name : {"labels.manifest", "train", "validation", "test"})
      if (o.by_split || std::string_view(name) == "labels.manifest")
        class_names_.take("", name, "");
  }

  Parent name(dataset::Sample&& sample) {
    Parent parent;
    const std::string stem = stem_of(sample.ref);
    for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
      const auto& annotation = sample.annotations[i];
      const bool is_small = annotation.box.area() < o_.min_area;
      too_small_ += is_small ? 1 : 0;
      parent.names.push_back(is_small
                                 ? std::string()
                                 : files_.take(folder(sample, annotation.label),
                                               stem + "-" + std::to_string(i + 1), extension_));
    }
    parent.sample = std::move(sample);
    return parent;
  }
  std::int64_t too_small() const { return too_small_; }

private:
  std::string folder(const dataset::Sample& sample, const std::string& label) {
    auto known = folders_.find(label);
    if (known == folders_.end())
      known = folders_.emplace(label, class_names_.take("", safe_name(label), "")).first;
    const std::string split(dataset::split_name(sample.split));
    return (o_.by_split && !split.empty() ? split + "/" : std::string()) + known->second + "/";
  }

  const Options& o_;
  std::string extension_;
  FileNames files_;
  FileNames class_names_;
  std::map<std::string, std::string> folders_;
  std::int64_t too_small_ = 0;
};

dataset::Sample child_of(const dataset::Sample& parent, const dataset::Annotation& annotation,
                         const std::string& name, const imaging::Image& image) {
  dataset::Sample child;
  child.ref = name;
  child.width = image.width;
  child.height = image.height;
  child.depth = image.channels;
  child.split = parent.split;
  child.group = group_of_child(parent);
  child.time_s = parent.time_s;
  child.classes.push_back({annotation.label, -1, annotation.score});
  child.extra = {{"cropped-from", to_json(Value(parent.ref))}};
  return child;
}

Cuts cut(Parent&& parent, const Options& o, const formats::ImageFinder& finder,
         FolderSink& folder) {
  Cuts out;
  const auto& sample = parent.sample;
  if (sample.annotations.empty())
    return out;
  const auto picture = open_picture(finder, parent.sample);
  if (!picture.fault.empty()) {
    out.problems.push_back({picture.rule, Severity::error, sample.place, picture.fault});
    return out;
  }
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    check_interrupt();
    if (parent.names[i].empty())
      continue;
    const auto& annotation = sample.annotations[i];
    const auto place = imaging::cutout_of(annotation.box, o.margin, o.square, picture.image);
    out.clipped += place.is_whole ? 0 : 1;
    auto image = imaging::crop(picture.image, place.left, place.top, place.width, place.height);
    if (image.empty()) {
      out.problems.push_back({"box-outside-image", Severity::error, sample.place,
                              "box " + std::to_string(i + 1) + " of '" + annotation.label +
                                  "' is outside the picture"});
      continue;
    }
    if (o.size)
      image = imaging::resize(image, o.size->first, o.size->second,
                              o.size->first < image.width ? imaging::Interpolation::area
                                                          : imaging::Interpolation::linear);
    folder.write(parent.names[i], o.format.encode(image));
    out.samples.push_back(child_of(sample, annotation, parent.names[i], image));
  }
  return out;
}

void validate(const Options& o) {
  if (!(o.margin >= 0 && o.margin <= 10))
    throw Error(Fault::usage, "--margin: " + number(o.margin) + " is not from 0 to 10");
  if (o.min_area < 0)
    throw Error(Fault::usage, "--min-area: " + number(o.min_area) + " is negative");
  check_picture_format(o.format);
  if (o.size && (o.size->first > 16384 || o.size->second > 16384))
    throw Error(Fault::usage, "--size: more than 16384 pixels a side");
}

int run(const Options& o, Context& ctx) {
  validate(o);
  auto out = open_pictures_out(o.labels, o.input, o.output, ctx);
  Namer namer(o);
  std::int64_t clipped = 0;
  auto outcome = make_pictures<Parent, Cuts>(
      out, ctx, [&](dataset::Sample&& sample) { return namer.name(std::move(sample)); },
      [&](Parent&& parent) { return cut(std::move(parent), o, out.finder, *out.folder); },
      [&](const Cuts& cuts) { clipped += cuts.clipped; });
  outcome.counts = {{"cut_at_edge", clipped}, {"too_small", namer.too_small()}};
  const bool is_written = finish_pictures(out, ctx, o.labels, outcome);
  if (is_written) {
    if (namer.too_small() > 0)
      ctx.say(counted(namer.too_small(), "object") + " left out: smaller than --min-area");
    if (clipped > 0)
      ctx.say(counted(clipped, "picture") + " cut at the edge of the image");
  }
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set with boxes, in any label format").required();
  args.output(o->output, "Folder for <class>/<image>-<n> and labels.manifest").required();
  args.value("--margin", o->margin, "Take so much more on each side, as a part of the box")
      .metavar("R");
  args.flag("--square", o->square, "Widen the shorter side instead of stretching later");
  args.size("--size", o->size, "Scale every cut-out to this size");
  args.value("--min-area", o->min_area, "Leave out boxes of fewer square pixels").metavar("PX");
  args.flag("--by-split", o->by_split, "Put train/, validation/ and test/ above the classes");
  add_picture_format_option(args, o->format);
  add_reading_options(args, o->labels);
  add_bad_record_options(args, o->labels);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_crop;
const Command manifest_crop{"manifest crop", "Cut every box out, into folders by class", declare};
} // namespace mlopsctl::commands
