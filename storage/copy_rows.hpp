// SPDX-License-Identifier: Apache-2.0
// Rows from one benchmark table to another.
#pragma once

#include "storage/benchmark_table.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace mlopsctl::storage {

struct CopyCount {
  std::int64_t read = 0;
  std::int64_t added = 0; ///< were not in the other table
};

/// In steps, so that what was copied before a fault stays; doing it again goes on from there.
/// \param progress called with the number of rows of each step.
CopyCount copy_rows(const std::vector<BenchmarkRow>& rows, BenchmarkTable& to,
                    const std::function<void(std::int64_t)>& progress);
/// The same count, and nothing is written.
CopyCount count_new_rows(const std::vector<BenchmarkRow>& rows, BenchmarkTable& to);

/// Adds a row that took long to measure. If the table is remote and fails, the row goes to
/// "bench-unsent.db" in the working folder, and the error names the command that sends it.
void append_measured(BenchmarkTable& table, const std::string& url, const BenchmarkRow& row);

} // namespace mlopsctl::storage
