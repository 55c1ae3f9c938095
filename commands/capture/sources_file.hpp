// SPDX-License-Identifier: Apache-2.0
// The file of --sources: many sources by name, with settings of all and of each.
#pragma once

#include "commands/capture/options.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::commands {

inline constexpr const char* k_sources_schema = "mlopsctl.sources/1";

/// The options that a file may set, under the keys that it sets them by.
void add_source_settings(Args& args, CaptureFlags& flags);

struct NamedSource {
  std::string name;
  CaptureFlags flags; ///< applied; output is a folder of its own
};

/// \param base what the command line says; the file's `defaults` go before it, and what a source
/// says itself before both. \param environment for ${NAME} in a source.
/// \throws Error(usage) with the line; Error(input) if it cannot be read.
std::vector<NamedSource>
read_sources(const std::string& path, const CaptureFlags& base,
             const std::function<std::optional<std::string>(const std::string&)>& environment);

} // namespace mlopsctl::commands
