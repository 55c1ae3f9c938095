// SPDX-License-Identifier: Apache-2.0
// Which Debian package a file came with: its version, its source, its licences.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

struct DebianPackage {
  std::string name;    ///< without the architecture, as under /usr/share/doc
  std::string version; ///< of the binary package
  std::string source;
  std::string source_version;
};

/// \param files absolute paths; links are followed. \return file -> the package that it is of.
/// \throws Error(input) naming a file that no package owns, or if there is no dpkg.
std::map<std::string, DebianPackage> debian_packages(const std::vector<std::string>& files);

/// Path of a package's copyright file. \throws Error(input) if it is missing.
std::string copyright_file(const std::string& package);

/// The names behind "License:" in a machine-readable copyright file, sorted; empty for others.
/// Source: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
std::vector<std::string> licence_names(std::string_view copyright);

/// Where exactly this source is kept for good.
std::string source_url(const DebianPackage& package);

/// "package: /path" lines of `dpkg-query --search`.
std::map<std::string, std::string> parse_owners(std::string_view text);

} // namespace mlopsctl::package
