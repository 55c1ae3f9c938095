// SPDX-License-Identifier: Apache-2.0
// What cp and sync share: the run of a plan, and what is said about it.
#pragma once

#include "commands/command.hpp"
#include "storage/transfer.hpp"

#include <string>

namespace mlopsctl::commands {

/// \param verb "cp" or "sync". \param document gets the counts and is printed under --json.
int transfer_objects(const std::string& verb, storage::TransferPlan& plan, Existing existing,
                     bool dry_run, const Value& document, Context& ctx);

} // namespace mlopsctl::commands
