// SPDX-License-Identifier: Apache-2.0
// The flags that say how frames wait for a store.
#pragma once

#include "capture/store_capture.hpp"
#include "commands/args.hpp"

#include <optional>
#include <string>

namespace mlopsctl::commands {

struct SpoolOptions {
  std::string folder;
  std::string limit;
  std::string on_full;
  std::optional<double> gap_s;
};

/// --spool, --spool-limit, --on-full, --store-gap.
void add_spool_options(Args& args, SpoolOptions& options);
/// \throws Error(usage) for what is no size, or where \p is_remote is false and one is given.
capture::StoreOptions store_options_of(const SpoolOptions& options, bool is_remote);

} // namespace mlopsctl::commands
