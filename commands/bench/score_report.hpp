// SPDX-License-Identifier: Apache-2.0
// The pages of `bench score --report` and `bench run --report`.
#pragma once

#include "bench/benchmark.hpp"
#include "bench/score.hpp"
#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

/// \param score with details; of boxes.
void write_score_page(const std::string& path, const TruthOptions& truth_options,
                      const bench::Truth& truth, const bench::Predictions& predictions,
                      const bench::Score& score, double score_threshold, const Context& ctx);

/// How the newest run stands in the history of \p rows, and what it got wrong.
/// \param truth what it was measured on.
void write_run_page(const std::string& path, const TruthOptions& truth_options,
                    const bench::Truth& truth, const bench::BenchmarkOutcome& newest,
                    const std::vector<storage::BenchmarkRow>& rows, double score_threshold,
                    const Context& ctx);

} // namespace mlopsctl::commands
