// SPDX-License-Identifier: Apache-2.0
// Classes of captured frames on the command line: --class, --session and what belongs to them.
#pragma once

#include "capture/session.hpp"
#include "commands/args.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct SessionFlags {
  bool is_session = false;
  std::vector<std::string> classes;
  std::optional<std::int64_t> per_class;
  std::optional<double> countdown_s;
  std::optional<std::string> only_class;
};

void add_session_options(Args& args, SessionFlags& flags);
/// \return no session if none was asked for. \throws Error(usage) for flags that miss each other.
capture::SessionOptions session_of(const SessionFlags& flags);

} // namespace mlopsctl::commands
