// SPDX-License-Identifier: Apache-2.0
// The page of `bench score --report`.
#pragma once

#include "bench/score.hpp"
#include "commands/command.hpp"
#include "commands/truth_input.hpp"

#include <string>

namespace mlopsctl::commands {

/// \param score with details; of boxes.
void write_score_page(const std::string& path, const TruthOptions& truth_options,
                      const bench::Truth& truth, const bench::Predictions& predictions,
                      const bench::Score& score, double score_threshold, const Context& ctx);

} // namespace mlopsctl::commands
