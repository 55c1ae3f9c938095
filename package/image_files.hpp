// SPDX-License-Identifier: Apache-2.0
// Files that go into an image, from a folder or an archive.
#pragma once

#include "formats/archive/archive.hpp"

#include <set>
#include <string>
#include <vector>

namespace mlopsctl::package {

/// Every file of \p path with \p prefix before its name, but those of \p left_out. What comes from
/// an archive waits in a temporary file.
std::vector<formats::PackItem> image_items(const std::string& path, const std::string& prefix,
                                           const std::set<std::string>& left_out);

/// "amd64" or "arm64". \throws Error(input) if it is no program for Linux on one of them.
std::string elf_architecture(ByteSource& program);

} // namespace mlopsctl::package
