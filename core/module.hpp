// SPDX-License-Identifier: Apache-2.0
// Loadable modules: heavy libraries sit behind a plain C interface in shared objects beside the
// program.
#pragma once

#include <string>
#include <vector>

namespace mlopsctl {

/// Opens "<name>.so" from MLOPSCTL_MODULES or from the folder of the program ($ORIGIN, then
/// $ORIGIN/../lib/mlopsctl), by absolute path only. Never unloaded. \param symbol the module's
/// entry point. \return its address. \throws Error(internal) naming the file, the loader's own
/// words, and what to install.
void* load_module_symbol(const std::string& name, const std::string& symbol,
                         const std::string& hint);

/// Absolute paths that load_module_symbol would look at, in order (for doctor).
std::vector<std::string> module_candidates(const std::string& name);

} // namespace mlopsctl
