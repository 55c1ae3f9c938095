// SPDX-License-Identifier: Apache-2.0
// Which shared libraries a program loads: told by the system's own loader.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

inline constexpr const char* k_system_loader = "/lib64/ld-linux-x86-64.so.2";

/// The name by which a library is asked for ("libz.so.1") -> the file that the loader takes.
using SharedLibraries = std::map<std::string, std::string>;

/// What \p files (programs or libraries, absolute paths) need, directly or not, with the loader
/// itself. \throws Error(input) naming a library that is missing, or two files for one name.
SharedLibraries shared_libraries(const std::vector<std::string>& files);

/// The lines of `ld-linux --list`. \param file for messages.
SharedLibraries parse_library_list(std::string_view text, const std::string& file);

} // namespace mlopsctl::package
