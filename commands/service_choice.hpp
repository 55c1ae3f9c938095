// SPDX-License-Identifier: Apache-2.0
// A service in the place of a model: what commands are told of it.
#pragma once

#include "bench/service.hpp"
#include "commands/args.hpp"

#include <string>

namespace mlopsctl::commands {

/// --token-file.
void add_token_option(Args& args, std::string& token_file, const std::string& help);
/// With --plain-http as it was given. \throws Error for a URL or token file that is none.
bench::ServiceOptions service_options(const std::string& url, const std::string& token_file);

} // namespace mlopsctl::commands
