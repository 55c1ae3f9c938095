// SPDX-License-Identifier: Apache-2.0
// Rows of a benchmark table by the names that people give them.
#pragma once

#include "storage/benchmark_table.hpp"

#include <string>
#include <vector>

namespace mlopsctl::storage {

/// What \p name means in \p table, the newest first: "latest" (every row), a tag (its rows), or an
/// id, whole or its first 4 or more hex digits; "latest~1" and "TAG~1" leave out the newest.
/// \param table_name for messages. \throws Error(input) if there is no such row, or an id's
/// beginning fits several.
std::vector<BenchmarkRow> find_rows(BenchmarkTable& table, const std::string& table_name,
                                    const std::string& name);

} // namespace mlopsctl::storage
