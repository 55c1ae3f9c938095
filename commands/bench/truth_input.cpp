// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/truth_input.hpp"

#include "core/io.hpp"
#include "core/log.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"

namespace mlopsctl::commands {
namespace {

formats::ImageSizes sizes_from_files(const TruthOptions& options) {
  const formats::ImageFinder finder(options.images, options.path);
  return [finder](const std::string& ref) -> std::optional<formats::ImageSize> {
    const auto path = finder.find(ref);
    if (!path)
      return std::nullopt;
    const auto info = imaging::probe_file(*path);
    return formats::ImageSize{info.width, info.height, info.channels, info.exif_orientation};
  };
}

} // namespace

void add_truth_options(Args& args, TruthOptions& options, std::string_view name, bool is_required,
                       const std::string& help) {
  auto& path = args.value(name, options.path, help).metavar("F");
  if (is_required)
    path.required();
  args.value("--from", options.from, "Format of " + std::string(name))
      .metavar("FMT")
      .default_text("by content");
  args.value("--label-attribute", options.label_attribute, "Ground Truth label to take")
      .metavar("NAME")
      .default_text("the newest");
  args.value("--images", options.images, "Folder of the images")
      .metavar("DIR")
      .default_text("beside the labels");
  args.value("--voc-base", options.voc_base, "VOC: 1 if corners count from 1, upper ones included")
      .metavar("0|1");
}

bench::Truth open_truth(const TruthOptions& options, const Context& ctx) {
  if (options.voc_base != 0 && options.voc_base != 1)
    throw Error(Fault::usage,
                "--voc-base: " + std::to_string(options.voc_base) + " is neither 0 nor 1");
  if (!options.images.empty() && !is_folder(options.images))
    throw Error(Fault::input, options.images + ": no such folder", "check --images");
  formats::ReadOptions read;
  read.format = options.from;
  read.label_attribute = options.label_attribute;
  read.voc_base = options.voc_base;
  read.jobs = ctx.jobs();
  read.image_size = sizes_from_files(options);
  const auto reader = formats::open_labels(options.path, read);
  try {
    bench::Truth truth = bench::read_truth(*reader, options.path);
    print_problems(ctx, reader->problems()); // warnings
    if (truth.unlabelled_count > 0)
      log::warn(options.path + ": " + std::to_string(truth.unlabelled_count) +
                " images are not labelled; they are left out");
    return truth;
  } catch (const Error&) {
    print_problems(ctx, reader->problems());
    throw;
  }
}

std::vector<bench::RunImage> find_images(const TruthOptions& options, const bench::Truth& truth,
                                         const Context& ctx) {
  const formats::ImageFinder finder(options.images, options.path);
  std::vector<bench::RunImage> images;
  Problems problems;
  for (const auto& image : truth.images) {
    const auto path = finder.find(image.ref);
    if (!path)
      problems.push_back(
          {"image-missing", Severity::error, image.place, "'" + image.ref + "' was not found"});
    images.push_back({image.ref, path.value_or(""), image.place, image.width, image.height});
  }
  if (problems.empty())
    return images;
  print_problems(ctx, problems);
  throw Error(Fault::input,
              std::to_string(problems.size()) + " of " + std::to_string(images.size()) +
                  " images are not there, so nothing was measured",
              "name their folder with --images");
}

std::optional<bench::Truth> pictures_without_truth(const TruthOptions& options) {
  if (!options.from.empty() || !is_folder(options.path))
    return std::nullopt;
  try {
    formats::recognise(formats::open_label_input(options.path));
    return std::nullopt;
  } catch (const Error&) {
    bench::Truth truth;
    for (const auto& entry : open_folder(options.path)->list())
      if (formats::has_image_extension(entry.name))
        truth.images.push_back({entry.name, entry.name, {}, 0, 0});
    return truth.images.empty() ? std::nullopt : std::optional(std::move(truth));
  }
}

} // namespace mlopsctl::commands
