// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/image_files.hpp"

#include "core/io.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <mutex>

namespace fs = std::filesystem;

namespace mlopsctl::formats {
namespace {

constexpr std::array<std::string_view, 5> k_extensions{".jpg", ".jpeg", ".png", ".webp", ".bmp"};

bool is_here(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// s3://bucket/a/x.jpg -> a/x.jpg; a path keeps its parts.
std::string_view key_of(std::string_view ref) {
  if (!ref.starts_with("s3://"))
    return ref;
  const auto slash = ref.find('/', 5);
  return slash == std::string_view::npos ? ref : ref.substr(slash + 1);
}

/// Where a picture was labelled it may have had another extension.
std::optional<std::string> find_by(const std::string& path,
                                   const std::function<bool(const std::string&)>& is_there) {
  if (is_there(path))
    return path;
  const std::string stem(without_extension(path));
  for (const auto extension : k_extensions)
    if (is_there(stem + std::string(extension)))
      return stem + std::string(extension);
  return std::nullopt;
}

std::optional<std::string> find_in(const std::string& folder, std::string_view name) {
  return find_by((fs::path(folder) / name).string(), is_here);
}

} // namespace

class ImageFinder::Place {
public:
  explicit Place(std::string path)
      : path_(std::move(path)), is_remote_(remote_scheme_of(path_) != nullptr) {}
  /// The part of a whole name that is below this place; empty if it is elsewhere.
  std::string_view below(std::string_view ref) const {
    const bool has_slash = path_.ends_with('/');
    if (!is_remote_ || !ref.starts_with(path_) ||
        (!has_slash && !ref.substr(path_.size()).starts_with('/')))
      return {};
    return ref.substr(path_.size() + (has_slash ? 0 : 1));
  }
  std::optional<std::string> find(std::string_view name) const {
    if (!is_remote_)
      return find_in(path_, name);
    std::call_once(listed_, [&] { remote_ = open_folder(path_); });
    const auto found = find_by(std::string(name),
                               [&](const std::string& file) { return remote_->contains(file); });
    return found ? std::optional(remote_->name() + *found) : std::nullopt;
  }

private:
  std::string path_;
  bool is_remote_;
  mutable std::once_flag listed_;
  mutable std::unique_ptr<Folder> remote_;
};

bool has_image_extension(std::string_view name) {
  const std::string text = lower(name.substr(name.size() < 5 ? 0 : name.size() - 5));
  for (const auto extension : k_extensions)
    if (text.ends_with(extension))
      return true;
  return false;
}

std::string_view without_extension(std::string_view name) {
  const auto slash = name.rfind('/');
  const auto dot = name.rfind('.');
  const bool has_one = dot != std::string_view::npos && dot > 0 &&
                       (slash == std::string_view::npos || dot > slash + 1);
  return has_one ? name.substr(0, dot) : name;
}

std::string_view base_name(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

ImageFinder::ImageFinder(std::string images_folder, const std::string& labels, UriMap uri_map)
    : uri_map_(std::move(uri_map)), is_named_(!images_folder.empty()) {
  std::stable_sort(uri_map_.begin(), uri_map_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  if (is_named_) {
    add_folder(images_folder);
    return;
  }
  if (labels == "-")
    return;
  if (remote_scheme_of(labels) != nullptr) {
    add_folder(is_folder(labels) ? labels : labels.substr(0, labels.rfind('/')));
    return;
  }
  std::error_code ignored;
  fs::path base = fs::path(labels).lexically_normal();
  if (!base.has_filename())
    base = base.parent_path(); // "voc/" means "voc"
  if (!fs::is_directory(base, ignored))
    base = base.parent_path();
  for (const char* place : {"", "images", "JPEGImages", "../images", "../JPEGImages"})
    add_folder((base / place).string());
}

void ImageFinder::add_folder(const std::string& path) {
  folders_.push_back(std::make_shared<Place>(path));
}

std::optional<std::string> ImageFinder::find_mapped(const std::string& ref) const {
  for (const auto& [start, folder] : uri_map_) {
    const bool is_below = ref.size() > start.size() && ref.starts_with(start) &&
                          (start.ends_with('/') || ref[start.size()] == '/');
    const auto name = is_below ? ref.substr(start.size() + (start.ends_with('/') ? 0 : 1)) : "";
    if (is_below && name_fault(name).empty())
      if (auto path = find_in(folder, name))
        return path;
  }
  return std::nullopt;
}

std::optional<std::string> ImageFinder::find(const std::string& ref) const {
  if (auto mapped = find_mapped(ref))
    return mapped;
  const auto key = key_of(ref);
  if (!is_named_ && key.starts_with("/"))
    return is_here(ref) ? std::optional<std::string>(ref) : std::nullopt;
  for (const auto& folder : folders_) {
    if (const auto name = folder->below(ref); !name.empty())
      if (auto path = folder->find(name))
        return path;
    if (!key.starts_with("/"))
      if (auto path = folder->find(key))
        return path;
    if (auto path = folder->find(base_name(key)))
      return path;
  }
  const bool is_whole_path = key.starts_with("/");
  if ((!is_named_ || is_whole_path) && key == ref && is_here(ref))
    return ref;
  return std::nullopt;
}

} // namespace mlopsctl::formats
