// SPDX-License-Identifier: Apache-2.0
// capture --sources: many sources at once, each into a folder of its own.
#pragma once

#include "commands/capture/options.hpp"
#include "commands/command.hpp"

#include <string>

namespace mlopsctl::commands {

/// \param path of the file that names them. \param base what the command line says for all.
/// \return the exit status.
int capture_sources(const std::string& path, const CaptureFlags& base, Context& ctx);

} // namespace mlopsctl::commands
