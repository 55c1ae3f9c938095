// SPDX-License-Identifier: Apache-2.0
// Help texts and the Markdown that man pages are made from, all from the commands' own declarations
// and pages.
#pragma once

#include "commands/command.hpp"

#include <string>

namespace mlopsctl::commands {

std::string overview_help();
/// The page of mlopsctl(1): what it is, every command.
std::string overview_markdown();
/// \param group such as "manifest".
std::string group_help(std::string_view group);
std::string command_help(const Command& command);
/// The command's page (NAME, SYNOPSIS, DESCRIPTION ...) with SYNOPSIS and OPTIONS made from the
/// declaration.
std::string command_markdown(const Command& command);

} // namespace mlopsctl::commands
