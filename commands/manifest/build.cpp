// SPDX-License-Identifier: Apache-2.0
// manifest build: an input manifest from folders of images.
#include "capture/clip_notes.hpp"
#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "dataset/input_limits.hpp"
#include "dataset/refs.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/image_list.hpp"
#include "imaging/codecs.hpp"

#include <unordered_map>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> folders;
  std::string output;
  std::optional<std::int64_t> sample;
  std::string uri_prefix;
  std::string include;
  LabelOptions labels;
};

/// An error if the file is no picture; warnings if a labelling job would not take it.
Problems probe(const std::string& path) {
  try {
    const auto info = imaging::probe_file(path);
    return dataset::check_job_image(path, info.file_bytes, info.width, info.height);
  } catch (const Error& error) {
    std::string text = error.what();
    if (text.starts_with(path + ": "))
      text.erase(0, path.size() + 2);
    return {{"not-an-image", Severity::error, path, text}};
  }
}

/// Below one prefix two folders may hold pictures of one name: two pictures, one reference.
void refuse_equal_names(const std::vector<formats::ListedImage>& images) {
  std::unordered_map<std::string_view, const std::string*> path_of;
  for (const auto& image : images) {
    const auto [known, is_new] = path_of.emplace(image.name, &image.path);
    if (!is_new)
      throw Error(Fault::input,
                  image.path + ": would get the same reference below --uri-prefix as " +
                      *known->second,
                  "name the folder above both as DIR, or build a manifest for each and join them");
  }
}

int run(const Options& o, Context& ctx) {
  if (o.sample && *o.sample <= 0)
    throw Error(Fault::usage, "--sample: " + std::to_string(*o.sample) + " is not a count > 0");
  refuse_existing(ctx, {o.labels.problems}, {o.output});
  auto images = formats::list_images(o.folders, o.include);
  if (images.empty())
    throw Error(Fault::input,
                join(o.folders, ", ") + ": no images" +
                    (o.include.empty() ? "" : " that match '" + printable(o.include) + "'"),
                "files that end with .jpg, .jpeg, .png or .webp are taken");
  if (o.sample)
    images = formats::sample_images(std::move(images), static_cast<std::size_t>(*o.sample),
                                    ctx.options.seed);
  if (!o.uri_prefix.empty())
    refuse_equal_names(images);
  const auto writer = formats::create_labels(o.output, {.format = "ground_truth",
                                                        .existing = ctx.existing(),
                                                        .label_attribute = "",
                                                        .voc_base = 0,
                                                        .classes = {},
                                                        .keep_source_ids = false});
  const auto progress =
      ctx.progress("manifest build", static_cast<std::int64_t>(images.size()), "images");
  Outcome outcome;
  capture::ClipNotes clips;
  std::size_t next = 0;
  struct Probed {
    const formats::ListedImage* image;
    Problems problems;
  };
  ordered_parallel<const formats::ListedImage*, Probed>(
      ctx.jobs(),
      [&]() -> std::optional<const formats::ListedImage*> {
        check_interrupt();
        return next < images.size() ? std::optional(&images[next++]) : std::nullopt;
      },
      [](const formats::ListedImage*&& image) {
        return Probed{image, probe(image->path)};
      },
      [&](Probed&& probed) {
        progress->advance();
        ++outcome.images_read;
        outcome.problems.insert(outcome.problems.end(), probed.problems.begin(),
                                probed.problems.end());
        if (has_errors(probed.problems))
          return;
        dataset::Sample sample;
        sample.is_labelled = false;
        sample.ref = o.uri_prefix.empty()
                         ? dataset::rebase_ref(probed.image->path, ".",
                                               std::filesystem::path(o.output).parent_path())
                         : formats::join_uri(o.uri_prefix, probed.image->name);
        if (const auto* frame = clips.find(probed.image->path)) { // from 'mlopsctl capture'
          sample.group = frame->source;
          sample.time_s = frame->time_s;
        }
        writer->write(sample);
      });
  for (auto& problem : dataset::check_job_size(o.output, outcome.images_read))
    outcome.problems.push_back(std::move(problem));
  const bool is_written = may_write(ctx, o.labels, outcome.problems);
  if (is_written)
    outcome.written = writer->finish();
  return conclude(ctx, o.labels, outcome, is_written, o.output);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("DIR", o->folders, "Folders of images, read with all folders below").required();
  args.output(o->output, "Manifest to write, - for stdout", false).required();
  args.value("--sample", o->sample, "Take N images by chance (the same ones for the same --seed)")
      .metavar("N");
  args.value("--uri-prefix", o->uri_prefix,
             "Write references as this prefix and the path below DIR, such as s3://bucket/frames")
      .metavar("URI")
      .default_text("");
  args.value("--include", o->include, "Only files whose path below DIR or name matches")
      .metavar("GLOB")
      .default_text("");
  add_bad_record_options(args, o->labels);
  add_remote_options(args);
  add_cache_option(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_build;
const Command manifest_build{"manifest build", "Make an input manifest from folders of images",
                             declare};
} // namespace mlopsctl::commands
