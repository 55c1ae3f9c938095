// SPDX-License-Identifier: Apache-2.0
// The options of every command (--json, --jobs ...), declared once for parsing, help, completion
// and man pages.
#pragma once

#include "commands/command.hpp"

namespace mlopsctl::commands {

/// Bound to \p options, which must outlive \p args. \param own what the command declared: --set is
/// there only where a model.yaml is read.
void declare_global_options(Args& args, GlobalOptions& options, const Args& own);

} // namespace mlopsctl::commands
