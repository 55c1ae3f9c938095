// SPDX-License-Identifier: Apache-2.0
// The rows of a benchmark table for other programs.
#pragma once

#include "core/value.hpp"
#include "storage/benchmark_row.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// Columns and rows; a cell is text, number or null.
struct Sheet {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

/// Everything, a column for each key that any row has.
Sheet all_columns(const std::vector<storage::BenchmarkRow>& rows);
/// The three columns of older tables, all texts: size (objects in the set), time (seconds for the
/// whole set) and true_prediction (percent of right answers; null where no row says it).
Sheet size_time_columns(const std::vector<storage::BenchmarkRow>& rows);

/// RFC 4180 with "\n"; a text that a spreadsheet would take for a formula gets a "'" before it.
std::string to_csv(const Sheet& sheet);
/// A list of objects.
Value to_objects(const Sheet& sheet);

} // namespace mlopsctl::bench
