// SPDX-License-Identifier: Apache-2.0
// The image files below folders, in a fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::formats {

struct ListedImage {
  std::string path; ///< of this machine
  std::string name; ///< below the folder it was found in, '/' between parts
};

/// Files that are named like images, sorted by name within each folder, each file once.
/// \param glob empty: all; else the name, or its last part, has to match (* ? [a-z]).
/// \throws Error(input) if a folder is missing or is a file.
std::vector<ListedImage> list_images(const std::vector<std::string>& folders,
                                     const std::string& glob);

/// \return \p count of the images in their order, chosen by a hash of seed and name: adding an
/// image elsewhere changes at most one of the chosen. All of them if there are not more.
std::vector<ListedImage> sample_images(std::vector<ListedImage> images, std::size_t count,
                                       std::uint64_t seed);

/// One '/' between the two.
std::string join_uri(const std::string& prefix, const std::string& name);

} // namespace mlopsctl::formats
