// SPDX-License-Identifier: Apache-2.0
// Rows of a benchmark table by the names that people give them.
#pragma once

#include "storage/benchmark_table.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

/// What \p name means in \p table, the newest first: "latest" (every row), a tag (its rows), or an
/// id, whole or its first 4 or more hex digits; "latest~1" and "TAG~1" leave out the newest.
/// \param table_name and \p option for messages. \throws Error(input) if there is no such row, or
/// an id's beginning fits several.
std::vector<storage::BenchmarkRow>
find_rows(storage::BenchmarkTable& table, const std::string& table_name, const std::string& name);

/// "nightly (shapes 3, 2026-11-20 22:58, 5d0c1f3a)".
std::string row_title(const storage::BenchmarkRow& row);

/// The first 8 hex digits of the id.
std::string short_id(const storage::BenchmarkRow& row);

} // namespace mlopsctl::commands
