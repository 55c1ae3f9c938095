// SPDX-License-Identifier: Apache-2.0
// credential_process of a profile: a program that prints keys.
#pragma once

#include <string>
#include <vector>

namespace mlopsctl::net {

/// Words apart by blanks; quotes keep blanks, a backslash the next character. Nothing is expanded.
/// \throws Error(input) for an open quote or no word at all.
std::vector<std::string> split_command(const std::string& command);

/// What the program printed; run without a shell, at most 60 s and 64 KiB.
/// \throws Error(input) naming the program, not its arguments, if it cannot run or fails.
std::string run_credential_process(const std::string& command);

} // namespace mlopsctl::net
