// SPDX-License-Identifier: Apache-2.0
// Small parts that opening, inspecting and packing share.
#pragma once

#include "core/io.hpp"

#include <map>
#include <string>

namespace mlopsctl::package {

/// Path of the file \p name in folder \p root. Links may not lead out: a package is not trusted,
/// and its names must not read the rest of the disk. \throws Error(input) naming the file.
std::string resolve_inside(const std::string& root, const std::string& name);

/// sha256 of what is left to read.
std::string digest_of(ByteSource& source);

/// sha256 over "name digest\n" of every file, sorted by name.
std::string listing_digest(const std::map<std::string, std::string>& digests);

/// The first 512 bytes of a file, or all of a shorter one.
std::string head_of(const std::string& path);

} // namespace mlopsctl::package
