// SPDX-License-Identifier: Apache-2.0
// What the bench commands print the same way.
#pragma once

#include "bench/predictions.hpp"
#include "commands/command.hpp"
#include "storage/benchmark_row.hpp"

#include <vector>

namespace mlopsctl::commands {

/// {"schema":"mlopsctl.bench.rows/1","rows":[...]}.
Value rows_document(const std::vector<storage::BenchmarkRow>& rows);

/// One line a row: when, which model, how many images, how right, how fast.
Table rows_table(const std::vector<storage::BenchmarkRow>& rows);

/// "nightly (shapes 3, 2026-11-20 22:58, 5d0c1f3a)".
std::string row_title(const storage::BenchmarkRow& row);

/// Words on stderr about what was not scored.
void warn_of_left_out(const bench::LeftOut& left_out);

/// Words on stderr about scores that are no probabilities.
void warn_of_odd_scores(const bench::OddScores& odd_scores);

/// "0.518", or "-" where it is undefined.
std::string shown_metric(const std::optional<double>& value);

} // namespace mlopsctl::commands
