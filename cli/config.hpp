// SPDX-License-Identifier: Apache-2.0
// Defaults from outside the command line: MLOPSCTL_<COMMAND>_<FLAG>, ./mlops.yaml, the user's
// config file.
#pragma once

#include "cli/parse.hpp"

#include <set>

namespace mlopsctl::cli {

/// Stores defaults for every option that is not in \p given, and adds those it stored to \p given.
/// A guarded option in a project's mlops.yaml that the user did not trust is an Error(usage) naming
/// the key. \param project_file the value of --config; empty: ./mlops.yaml if it is there.
void apply_defaults(const commands::Command& command,
                    const std::vector<const commands::Args*>& arg_sets,
                    const std::string& project_file, std::set<const commands::Arg*>& given,
                    const Environment& environment);

} // namespace mlopsctl::cli
