// SPDX-License-Identifier: Apache-2.0
// What bench push and bench pull share.
#pragma once

#include "commands/command.hpp"

#include <string>

namespace mlopsctl::commands {

struct TransferOptions {
  std::string from;
  std::string to;
  bool dry_run = false;
};

/// Copies the rows that the other table lacks, and prints how many.
/// \param verb "push" or "pull".
int transfer_rows(const std::string& verb, const TransferOptions& options, Context& ctx);

} // namespace mlopsctl::commands
