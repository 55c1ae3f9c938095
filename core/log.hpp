// SPDX-License-Identifier: Apache-2.0
// Words for a person, on stderr. Results never go through here.
#pragma once

#include <string_view>

namespace mlopsctl::log {

enum class Level { quiet, normal, verbose };

void set_level(Level level);

/// Text from outside may hold terminal escapes: everything printed here has control characters
/// replaced.
void warn(std::string_view text);    ///< shown unless --quiet
void info(std::string_view text);    ///< shown unless --quiet
void verbose(std::string_view text); ///< shown with --verbose only

} // namespace mlopsctl::log
