// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/labels_io.hpp"

#include "commands/manifest/dataset_report.hpp"
#include "commands/remote_options.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "dataset/copy.hpp"
#include "dataset/refs.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <ostream>

namespace mlopsctl::commands {
namespace {

void write_problems(const std::string& path, const Problems& problems, Existing existing) {
  std::string text;
  for (const auto& entry : to_value(problems).items)
    text += to_json(entry) + "\n";
  write_file(path, text, existing);
}

formats::UriMap uri_map_of(const std::vector<std::string>& entries) {
  formats::UriMap map;
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == entry.size())
      throw Error(Fault::usage, "--uri-map: '" + entry + "' is not URI=DIR",
                  "such as --uri-map s3://bucket/frames=frames");
    if (!is_folder(entry.substr(equals + 1)))
      throw Error(Fault::input, "--uri-map: " + entry.substr(equals + 1) + ": no such folder");
    map.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return map;
}

} // namespace

void add_reading_options(Args& args, LabelOptions& options) {
  args.value("--from", options.from, "Format of the input (default: by its content and name)")
      .metavar("FMT")
      .default_text("");
  args.value("--label-attribute", options.label_attribute,
             "Label of a Ground Truth manifest (default: the newest); Label Studio: annotations or "
             "predictions only")
      .metavar("NAME")
      .default_text("");
  args.list(
          "--discard-verified", options.discard_verified,
          "Leave images out whose Ground Truth verification says one of these, such as bad,unsure")
      .metavar("WORDS");
  args.value("--images", options.images,
             "Folder of the images: sizes that the labels lack are read there, others compared")
      .metavar("DIR")
      .default_text("");
  args.value("--uri-map", options.uri_map,
             "Look for images whose reference starts with URI below DIR (repeatable)")
      .metavar("URI=DIR");
  args.value("--voc-base", options.voc_base,
             "VOC corners count from 0, or from 1 with inclusive upper corners")
      .metavar("0|1");
  add_remote_options(args);
  add_cache_option(args);
}

void add_bad_record_options(Args& args, LabelOptions& options) {
  args.flag("--discard-bad", options.discard_bad, "Leave bad records out and write the others");
  args.value("--problems", options.problems, "Write every problem to this file (JSON Lines)")
      .metavar("FILE")
      .default_text("");
}

void check_label_options(const LabelOptions& options) {
  if (options.voc_base != 0 && options.voc_base != 1)
    throw Error(Fault::usage,
                "--voc-base: " + std::to_string(options.voc_base) + " is neither 0 nor 1");
  if (!options.from.empty())
    formats::label_format(options.from);
  refuse_mixed_reports({{"--problems", options.problems}});
  if (!options.images.empty() && !is_folder(options.images))
    throw Error(Fault::input, options.images + ": no such folder", "check --images");
}

void refuse_existing(const Context& ctx, const std::vector<std::string>& reports,
                     const std::vector<std::string>& data_files) {
  std::error_code ignored;
  for (const auto& path : reports) {
    for (const auto& data : data_files)
      if (!path.empty() && path != "-" &&
          (path == data || std::filesystem::equivalent(path, data, ignored)))
        throw Error(Fault::usage,
                    path + ": is the data set itself, a report was to be written there",
                    "give the report another name");
    if (!path.empty() && ctx.existing() == Existing::refuse &&
        (std::filesystem::exists(path, ignored) || is_file(path)))
      throw Error(Fault::usage, path + ": already exists",
                  "pass --overwrite to replace it, or give another name");
  }
}

void refuse_mixed_reports(const std::vector<std::pair<std::string, std::string>>& reports) {
  std::map<std::string, std::string> seen;
  for (const auto& [option, path] : reports) {
    if (path.empty())
      continue;
    if (path == "-")
      throw Error(Fault::usage, option + ": '-' is stdout, where the result goes",
                  "give the name of a file");
    const auto whole = std::filesystem::absolute(path).lexically_normal().string();
    if (const auto [other, is_new] = seen.emplace(whole, option); !is_new)
      throw Error(Fault::usage, option + ": " + path + " is the file of " + other->second + " too",
                  "give each a file of its own");
  }
}

formats::ImageFinder image_finder(const LabelOptions& options, const std::string& input) {
  return {options.images, input, uri_map_of(options.uri_map)};
}

formats::ReadOptions read_options(const LabelOptions& options, const std::string& input,
                                  bool require_size) {
  formats::ReadOptions read;
  read.format = options.from;
  read.label_attribute = options.label_attribute;
  read.discard_verified = options.discard_verified;
  read.voc_base = options.voc_base;
  read.check_sizes = !options.images.empty();
  read.require_size = require_size;
  const auto finder = std::make_shared<formats::ImageFinder>(image_finder(options, input));
  // --images may name the pictures alone: what labels point to is then looked for beside them
  const auto beside = std::make_shared<formats::ImageFinder>("", input);
  read.open_ref = [finder, beside](const std::string& ref) -> std::unique_ptr<ByteSource> {
    auto path = finder->find(ref);
    if (!path)
      path = beside->find(ref);
    return path ? open_source(*path) : nullptr;
  };
  read.image_size = [finder](const std::string& ref) -> std::optional<formats::ImageSize> {
    const auto path = finder->find(ref);
    if (!path)
      return std::nullopt;
    try {
      const auto info = imaging::probe_file(*path);
      return formats::ImageSize{info.width, info.height, info.channels, info.exif_orientation};
    } catch (const Error&) {
      return std::nullopt; // no picture: for the labels the same as no file
    }
  };
  return read;
}

formats::ReadOptions looking_options(const LabelOptions& options, const std::string& input) {
  auto read = read_options(options, input, false);
  read.wants_other_members = false;
  return read;
}

formats::WriteOptions write_options(const LabelOptions& labels, const Context& ctx,
                                    const formats::LabelFormat& from,
                                    const formats::LabelFormat& to, dataset::SampleReader& reader) {
  formats::WriteOptions write;
  write.format = to.name;
  write.existing = ctx.existing();
  write.jobs = ctx.jobs();
  // In Ground Truth and Label Studio the option says which label is read.
  const bool is_to_read = from.name.starts_with("ground_truth");
  write.label_attribute = to.name == from.name || is_to_read || from.name == "label_studio"
                              ? ""
                              : labels.label_attribute;
  write.voc_base = labels.voc_base;
  const auto is_of_sagemaker = [](const formats::LabelFormat& format) {
    return format.name.starts_with("ground_truth") || format.name == "sagemaker_json";
  };
  write.keep_source_ids = is_of_sagemaker(from) && (is_of_sagemaker(to) || to.name == "coco");
  if (write.keep_source_ids || !to.holds.class_ids)
    return write;
  write.classes = dataset::read_classes(reader);
  return write;
}

bool may_write(const Context& ctx, const LabelOptions& options, const Problems& problems) {
  if (!options.problems.empty())
    write_problems(options.problems, problems, ctx.existing());
  return options.discard_bad || !has_errors(problems);
}

std::string counted(std::int64_t count, const std::string& singular) {
  return std::to_string(count) + " " + singular + (count == 1 ? "" : "s");
}

int conclude(const Context& ctx, const LabelOptions& options, const Outcome& outcome,
             bool is_written, const std::string& output) {
  print_problems(ctx, outcome.problems);
  if (ctx.options.json && output != "-") {
    Value document = dataset_document(ctx.command.substr(ctx.command.find(' ') + 1),
                                      outcome.images_read, outcome.written, outcome.problems);
    for (const auto& [name, count] : outcome.counts)
      document[name] = count;
    ctx.print(document);
  }
  if (!is_written) {
    ctx.err << "mlopsctl " << ctx.command
            << ": bad records, nothing was written; fix them or pass --discard-bad"
            << (options.problems.empty() ? " (--problems FILE lists all)" : "") << '\n';
    return exit_failed;
  }
  if (output != "-")
    ctx.say(output + ": " + counted(outcome.written.images, "image") + ", " +
            counted(outcome.written.annotations, "object") +
            (outcome.written.images < outcome.images_read && !outcome.has_merged
                 ? ", " + std::to_string(outcome.images_read - outcome.written.images) + " left out"
                 : ""));
  return exit_ok;
}

std::function<void(dataset::Sample&)> rebasing(const std::string& input,
                                               const std::string& output) {
  const std::string from = folder_of(input);
  const std::string to = folder_of(output);
  std::error_code error;
  if (std::filesystem::equivalent(from.empty() ? "." : from, to.empty() ? "." : to, error))
    return {};
  return [from, to](dataset::Sample& sample) {
    sample.ref = dataset::rebase_ref(sample.ref, from, to);
    if (!sample.mask_ref.empty())
      sample.mask_ref = dataset::rebase_ref(sample.mask_ref, from, to);
  };
}

} // namespace mlopsctl::commands
