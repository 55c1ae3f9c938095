// SPDX-License-Identifier: Apache-2.0
// BenchmarkTable: where measurements are kept, by URL. Rows are only ever added.
#pragma once

#include "storage/benchmark_row.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::storage {

/// Which rows; empty fields do not restrict.
struct BenchmarkQuery {
  std::string tag = {};
  std::string model_name = {};
  std::string id = {};                   ///< whole, or its first hex digits
  std::optional<std::int64_t> last = {}; ///< the newest so many
};

class BenchmarkTable {
public:
  virtual ~BenchmarkTable() = default;
  /// All of \p rows or none (in DynamoDB row by row; done again it goes on), durable when it
  /// returns. A row whose id is there already is passed over, so that a repeated append changes
  /// nothing. \return rows that were new.
  virtual std::int64_t append(const std::vector<BenchmarkRow>& rows) = 0;
  /// Whether a row with the id, the model and the data set of \p row is there.
  virtual bool contains(const BenchmarkRow& row) = 0;
  /// In the order in which they were added.
  virtual std::vector<BenchmarkRow> rows(const BenchmarkQuery& query = {}) = 0;
};

enum class TableAccess {
  read,  ///< the table must be there
  append ///< made if it is not; what stands in the way of writing is found now, not after the run
};

/// \param url a path, "sqlite:PATH", or "dynamodb://NAME[?region=R]", which is never made. Any
/// number of processes may append at the same time. \throws Error(usage) for a scheme that this
/// build does not know; Error(input) if the folder or the file is missing, the file is no benchmark
/// table, or a newer mlopsctl made it.
std::unique_ptr<BenchmarkTable> open_benchmark_table(const std::string& url, TableAccess access);

} // namespace mlopsctl::storage
