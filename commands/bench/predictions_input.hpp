// SPDX-License-Identifier: Apache-2.0
// Predictions of `bench score` and `bench compare`: reading.
#pragma once

#include "bench/predictions.hpp"
#include "commands/command.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

/// \param format empty: by content. \param skips_empty_files few images in many shards: some have
/// none. \throws Error; what is wrong with records is listed on stderr
/// first.
bench::Predictions read_predictions(const std::vector<std::string>& paths,
                                    const std::string& format, const bench::Truth& truth,
                                    const Context& ctx, bool skips_empty_files = false);

} // namespace mlopsctl::commands
