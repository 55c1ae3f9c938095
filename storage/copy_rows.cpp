// SPDX-License-Identifier: Apache-2.0
#include "storage/copy_rows.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "storage/dynamo_table.hpp"

#include <algorithm>
#include <unordered_set>

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_step = 100;
constexpr const char* k_unsent_path = "bench-unsent.db";

} // namespace

CopyCount copy_rows(const std::vector<BenchmarkRow>& rows, BenchmarkTable& to,
                    const std::function<void(std::int64_t)>& progress) {
  CopyCount count;
  for (std::size_t start = 0; start < rows.size(); start += k_step) {
    check_interrupt();
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(start);
    const auto step = static_cast<std::ptrdiff_t>(std::min(k_step, rows.size() - start));
    count.added += to.append(std::vector<BenchmarkRow>(first, first + step));
    count.read += step;
    progress(step);
  }
  return count;
}

CopyCount count_new_rows(const std::vector<BenchmarkRow>& rows, BenchmarkTable& to) {
  std::unordered_set<std::string> known;
  for (const auto& row : to.rows())
    known.insert(row.id);
  CopyCount count;
  for (const auto& row : rows) {
    ++count.read;
    count.added += known.insert(row.id).second ? 1 : 0;
  }
  return count;
}

void append_measured(BenchmarkTable& table, const std::string& url, const BenchmarkRow& row) {
  try {
    table.append({row});
  } catch (const Error& error) {
    if (!is_dynamo_url(url))
      throw;
    open_benchmark_table(k_unsent_path, TableAccess::append)->append({row});
    throw Error(error.fault(), error.what(),
                std::string("the row was kept in ") + k_unsent_path + ": 'mlopsctl bench push " +
                    k_unsent_path + " " + url + "' sends it");
  }
}

} // namespace mlopsctl::storage
