// SPDX-License-Identifier: Apache-2.0
// Names of image files: which end like one, and where the file of a reference lies on this machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::formats {

/// ".jpg", ".jpeg", ".png", ".webp", ".bmp" in any case. Says nothing about the content.
bool has_image_extension(std::string_view name);
/// "a/b/x.tar.jpg" -> "a/b/x.tar".
std::string_view without_extension(std::string_view name);
std::string_view base_name(std::string_view name);

/// Start of references, and the folder that holds what comes behind it.
using UriMap = std::vector<std::pair<std::string, std::string>>;

/// Finds the file of a reference: in the folder of the longest entry of the map that it starts
/// with, below the folder of --images (by the whole path, then by the bare name), else beside the
/// labels, else as a path of this machine; the extension may differ. A remote folder is listed
/// once, by the first look into it. Any thread.
class ImageFinder {
public:
  /// \param images_folder empty if the user named none. \param labels the input the references come
  /// from.
  ImageFinder(std::string images_folder, const std::string& labels, UriMap uri_map = {});
  std::optional<std::string> find(const std::string& ref) const;

private:
  class Place;
  void add_folder(const std::string& path);
  std::optional<std::string> find_mapped(const std::string& ref) const;

  std::vector<std::shared_ptr<const Place>> folders_;
  UriMap uri_map_;
  bool is_named_;
};

} // namespace mlopsctl::formats
