// SPDX-License-Identifier: Apache-2.0
// What augment and crop share: pictures read beside their labels, pictures written into a folder
// with a manifest.
#pragma once

#include "commands/manifest/labels_io.hpp"
#include "imaging/image.hpp"

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

/// The picture of a sample with the pixels as the labels mean them: where they were made on the
/// upright picture (EXIF), it is turned. Nothing, and why, if it is missing or of another size.
struct OpenedPicture {
  imaging::Image image;
  std::string fault; ///< empty: all is well
  std::string rule;
};
OpenedPicture open_picture(const formats::ImageFinder& finder, dataset::Sample& sample);

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
