// SPDX-License-Identifier: Apache-2.0
// What augment and crop share: pictures read beside their labels, pictures written into a folder
// with a manifest.
#pragma once

#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "imaging/image.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace mlopsctl::commands {

/// How pictures are written: PNG, or JPEG of a quality.
struct PictureFormat {
  std::optional<int> jpeg_quality;

  std::string extension() const { return jpeg_quality ? ".jpg" : ".png"; }
  std::string encode(const imaging::Image& image) const;
};
/// --jpeg
void add_picture_format_option(Args& args, PictureFormat& format);
/// \throws Error(usage) for a quality that is none.
void check_picture_format(const PictureFormat& format);

/// The picture of a sample with the pixels as the labels mean them: where they were made on the
/// upright picture (EXIF), it is turned. Nothing, and why, if it is missing or of another size.
struct OpenedPicture {
  imaging::Image image;
  std::string fault; ///< empty: all is well
  std::string rule;
};
OpenedPicture open_picture(const formats::ImageFinder& finder, dataset::Sample& sample);

/// A data set that is read, and the folder of pictures with labels.manifest that is made of it.
struct PicturesOut {
  std::unique_ptr<FolderSink> folder;
  formats::ImageFinder finder;
  std::unique_ptr<dataset::SampleReader> reader;
  std::unique_ptr<dataset::SampleWriter> writer; ///< of labels.manifest
};
/// \throws Error before anything is written.
PicturesOut open_pictures_out(const LabelOptions& labels, const std::string& input,
                              const std::string& output, const Context& ctx);

/// Every sample becomes any number of pictures with their labels, several samples at once.
/// \param name Parent(Sample&&), one at a time and in order: names must not depend on the threads.
/// \param make Children(Parent&&) in any thread; Children has the members samples and problems.
/// \param count void(const Children&) in order.
/// \return what was read, with all problems; nothing is finished yet.
template <class Parent, class Children>
Outcome make_pictures(PicturesOut& out, const Context& ctx,
                      const std::function<Parent(dataset::Sample&&)>& name,
                      const std::function<Children(Parent&&)>& make,
                      const std::function<void(const Children&)>& count) {
  Outcome outcome;
  outcome.has_merged = true; // an image becomes several, or none
  const auto progress = ctx.progress(ctx.command, 0, "images");
  dataset::Sample sample;
  ordered_parallel<Parent, Children>(
      ctx.jobs(),
      [&]() -> std::optional<Parent> {
        check_interrupt();
        if (!out.reader->next(sample))
          return std::nullopt;
        ++outcome.images_read;
        return name(std::move(sample));
      },
      make,
      [&](Children&& children) {
        for (const auto& child : children.samples)
          out.writer->write(child);
        outcome.problems.insert(outcome.problems.end(), children.problems.begin(),
                                children.problems.end());
        count(children);
        progress->advance();
      });
  outcome.images_read += out.reader->left_out();
  outcome.problems.insert(outcome.problems.begin(), out.reader->problems().begin(),
                          out.reader->problems().end());
  return outcome;
}

/// Makes the folder visible unless bad records forbid it. \return whether it did.
bool finish_pictures(PicturesOut& out, const Context& ctx, const LabelOptions& labels,
                     Outcome& outcome);

/// Plain, distinct names inside a folder; the same in every run.
class FileNames {
public:
  /// \param folder "" or "images/". \return folder + stem + extension, or with "-2" and so on if
  /// that is taken (in any case of letters: not every file system tells them apart).
  std::string take(const std::string& folder, const std::string& stem,
                   const std::string& extension);

private:
  std::set<std::string> taken_;
};

/// "a/b/frame (1).jpg" -> "frame (1)".
std::string stem_of(const std::string& ref);
/// A text as the name of one folder: no slashes, no control characters, no dots at the front.
std::string safe_name(const std::string& text);

/// What must stay together in a split: the group of the parent, or else the parent itself.
std::string group_of_child(const dataset::Sample& parent);

} // namespace mlopsctl::commands
