// SPDX-License-Identifier: Apache-2.0
// Options from a file that people write: a mapping whose keys are options without their dashes.
#pragma once

#include "commands/args.hpp"
#include "core/value.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

/// \param path of the file, for the message. \throws Error(usage) with the line and "did you mean"
/// if no option is named \p key.
const Arg& find_setting(const std::vector<const Arg*>& args, const std::string& key,
                        const Value& value, const std::string& path);
/// Lists are stored item by item. \throws Error(usage) with the line if \p value is none for it.
void store_setting(const Arg& arg, const Value& value, const std::string& path);

} // namespace mlopsctl::commands
