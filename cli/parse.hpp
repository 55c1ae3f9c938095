// SPDX-License-Identifier: Apache-2.0
// From words to a command's options: command line, then environment, then mlops.yaml, then the
// user's config.
#pragma once

#include "commands/command.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::cli {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

struct ParseResult {
  bool wants_help = false;
};

/// Fills the targets of \p args, and \p options.
/// \param words what follows the command's name. \throws Error(usage) naming the option, the value
/// and the nearest known one.
ParseResult parse_words(const commands::Command& command, commands::Args& args,
                        commands::GlobalOptions& options, const std::vector<std::string>& words,
                        const Environment& environment);

} // namespace mlopsctl::cli
