// SPDX-License-Identifier: Apache-2.0
// serve lambda --emulate: the function on this machine, called with events from files.
#pragma once

#include "commands/command.hpp"
#include "serving/lambda/emulator.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct EmulationOptions {
  bool is_asked = false;
  std::vector<std::string> events;
  std::string package; ///< a function's zip; empty: this program is the function
  std::vector<std::string> environment_names;
  serving::EmulatedLimits limits;
};

void add_emulation_options(Args& args, EmulationOptions& options);
/// \throws Error(usage) for limits that Lambda does not have, and for what only --emulate takes.
void check_emulation(const EmulationOptions& options);

/// This program as the function, where no package is.
struct OwnFunction {
  std::vector<std::string> arguments;         ///< "serve", "lambda", "--model", ...
  std::vector<std::filesystem::path> visible; ///< files and folders that they name
};
/// \return exit code: failed if an event was not answered.
int emulate(const EmulationOptions& options, const OwnFunction& own, Context& ctx);

} // namespace mlopsctl::commands
