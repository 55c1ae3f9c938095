// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/pictures_out.hpp"

#include "core/text.hpp"
#include "dataset/copy.hpp"
#include "imaging/codecs.hpp"
#include "imaging/transform.hpp"

namespace mlopsctl::commands {

void add_picture_format_option(Args& args, PictureFormat& format) {
  args.value("--jpeg", format.jpeg_quality,
             "Write JPEG of this quality instead of PNG, which loses nothing")
      .metavar("Q");
}

void check_picture_format(const PictureFormat& format) {
  if (format.jpeg_quality && (*format.jpeg_quality < 1 || *format.jpeg_quality > 100))
    throw Error(Fault::usage, "--jpeg: " + std::to_string(*format.jpeg_quality) +
                                  " is not a quality of 1 to 100");
}

PicturesOut open_pictures_out(const LabelOptions& labels, const std::string& input,
                              const std::string& output, const Context& ctx) {
  check_label_options(labels);
  refuse_existing(ctx, {labels.problems}, {input, output});
  auto folder = create_folder(output, ctx.existing());
  auto finder = image_finder(labels, input);
  auto reader = formats::open_labels(input, read_options(labels, input, false));
  formats::WriteOptions write;
  write.classes = dataset::read_classes(*reader);
  auto writer = formats::create_manifest(folder->create("labels.manifest"), write);
  return {std::move(folder), std::move(finder), std::move(reader), std::move(writer)};
}

bool finish_pictures(PicturesOut& out, const Context& ctx, const LabelOptions& labels,
                     Outcome& outcome) {
  if (!may_write(ctx, labels, outcome.problems))
    return false;
  outcome.written = out.writer->finish();
  out.folder->finish();
  return true;
}

std::string PictureFormat::encode(const imaging::Image& image) const {
  return jpeg_quality ? imaging::encode_jpeg(image, *jpeg_quality) : imaging::encode_png(image);
}

OpenedPicture open_picture(const formats::ImageFinder& finder, dataset::Sample& sample) {
  const auto path = finder.find(sample.ref);
  if (!path)
    return {{}, "'" + sample.ref + "' was not found", "image-missing"};
  OpenedPicture out;
  try {
    out.image = imaging::decode_file(*path);
    if (sample.width <= 0) {
      sample.width = out.image.width;
      sample.height = out.image.height;
    }
    const int orientation = imaging::probe_file(*path).exif_orientation;
    const bool is_turned = orientation >= 5 && sample.width == out.image.height &&
                           sample.height == out.image.width && sample.width != sample.height;
    if (is_turned)
      out.image = imaging::apply_orientation(std::move(out.image), orientation);
  } catch (const Error& error) {
    return {{}, error.what(), "image-missing"};
  }
  if (out.image.width != sample.width || out.image.height != sample.height)
    return {{},
            "'" + sample.ref + "' is " + std::to_string(out.image.width) + "x" +
                std::to_string(out.image.height) + ", the labels say " +
                std::to_string(sample.width) + "x" + std::to_string(sample.height),
            "image-size-mismatch"};
  return out;
}

std::string FileNames::take(const std::string& folder, const std::string& stem,
                            const std::string& extension) {
  std::string name = folder + stem + extension;
  for (int i = 2; !taken_.insert(lower(name)).second; ++i)
    name = folder + stem + "-" + std::to_string(i) + extension;
  return name;
}

std::string stem_of(const std::string& ref) {
  const auto name = safe_name(std::string(formats::base_name(ref)));
  return std::string(formats::without_extension(name));
}

std::string safe_name(const std::string& text) {
  constexpr std::size_t k_max_bytes = 150; // with a number and an extension below every limit
  std::string out;
  for (const char c : text) {
    const bool is_plain = static_cast<unsigned char>(c) >= ' ' && c != 127 && c != '/' &&
                          c != '\\' && c != ':' && c != '*' && c != '?' && c != '"' && c != '<' &&
                          c != '>' && c != '|';
    out += is_plain ? c : '_';
  }
  while (out.starts_with('.') || out.starts_with(' '))
    out.erase(0, 1);
  if (out.size() > k_max_bytes)
    out.resize(k_max_bytes);
  while (!out.empty() && (out.back() == '.' || out.back() == ' ' ||
                          !is_valid_utf8(out))) // cut in the middle of a letter, or never was one
    out.pop_back();
  return out.empty() ? "_" : out;
}

std::string group_of_child(const dataset::Sample& parent) {
  return parent.group.empty() ? parent.ref : parent.group;
}

} // namespace mlopsctl::commands
