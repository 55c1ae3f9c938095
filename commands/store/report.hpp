// SPDX-License-Identifier: Apache-2.0
// What cp and sync share: the run of a plan, and what is said about it.
#pragma once

#include "commands/command.hpp"
#include "storage/transfer.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::commands {

struct TransferReport {
  std::string verb; ///< "cp" or "sync"
  std::string source;
  std::string output;
  bool dry_run = false;
  storage::TransferCount copied{};
  std::int64_t same = 0;    ///< sync only
  std::int64_t deleted = 0; ///< sync only
  double seconds = 0;
};

/// A line for a person, or the document under --json.
void print_transfer(const TransferReport& report, const Context& ctx);

/// Runs \p plan, or says what it would do, and fills the counts in.
void run_plan(storage::TransferPlan& plan, Existing existing, TransferReport& report,
              const Context& ctx);

} // namespace mlopsctl::commands
