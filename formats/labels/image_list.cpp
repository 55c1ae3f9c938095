// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/image_list.hpp"

#include "core/digest.hpp"
#include "core/io.hpp"
#include "formats/labels/image_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fnmatch.h>
#include <unordered_set>
#include <utility>

namespace mlopsctl::formats {
namespace {

bool matches(const std::string& glob, const std::string& name) {
  return glob.empty() || ::fnmatch(glob.c_str(), name.c_str(), 0) == 0 ||
         ::fnmatch(glob.c_str(), std::string(base_name(name)).c_str(), 0) == 0;
}

} // namespace

std::vector<ListedImage> list_images(const std::vector<std::string>& folders,
                                     const std::string& glob) {
  std::vector<ListedImage> images;
  std::unordered_set<std::string> known; // folders may lie in each other
  for (const auto& folder : folders) {
    std::error_code error;
    auto canonical = std::filesystem::canonical(folder, error);
    if (error) // a remote one
      canonical = folder;
    for (auto& entry : open_folder(folder)->list())
      if (has_image_extension(entry.name) && matches(glob, entry.name) &&
          known.insert((canonical / entry.name).string()).second)
        images.push_back({join_uri(folder, entry.name), std::move(entry.name)});
  }
  return images;
}

std::vector<ListedImage> sample_images(std::vector<ListedImage> images, std::size_t count,
                                       std::uint64_t seed) {
  if (count >= images.size())
    return images;
  std::vector<std::pair<std::string, std::size_t>> order;
  for (std::size_t i = 0; i < images.size(); ++i)
    order.emplace_back(sha256(std::to_string(seed) + "\n" + images[i].name), i);
  std::sort(order.begin(), order.end());
  order.resize(count);
  std::sort(order.begin(), order.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<ListedImage> chosen;
  for (const auto& [hash, index] : order)
    chosen.push_back(std::move(images[index]));
  return chosen;
}

std::string join_uri(const std::string& prefix, const std::string& name) {
  return prefix.ends_with('/') ? prefix + name : prefix + "/" + name;
}

} // namespace mlopsctl::formats
