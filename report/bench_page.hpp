// SPDX-License-Identifier: Apache-2.0
// A page about the rows of a benchmark table: how quality and speed moved from run to run, and how
// times are distributed. One file, no script, the same bytes for the same rows.
#pragma once

#include "bench/row_comparison.hpp"

#include <string>
#include <vector>

namespace mlopsctl::report {

/// \param rows not empty, oldest first. \param metrics to chart from run to run; empty: the usual
/// quality of these rows, p50_ms and images_per_s. \param more sections of HTML about the newest
/// row.
std::string bench_page(const std::string& title, const std::vector<storage::BenchmarkRow>& rows,
                       std::vector<std::string> metrics, const std::string& more = {});

} // namespace mlopsctl::report
