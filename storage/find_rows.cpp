// SPDX-License-Identifier: Apache-2.0
#include "storage/find_rows.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_least_digits = 4;

bool is_id(const std::string& name) {
  const std::string digits = name.starts_with("sha256:") ? name.substr(7) : name;
  return digits.size() >= k_least_digits && digits.size() <= 64 &&
         digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// "nightly", 2 of "nightly~2".
std::pair<std::string, std::size_t> split_offset(const std::string& name) {
  const auto tilde = name.rfind('~');
  if (tilde == std::string::npos)
    return {name, 0};
  const auto offset = parse_int(std::string_view(name).substr(tilde + 1));
  if (!offset || *offset < 0)
    return {name, 0};
  return {name.substr(0, tilde), static_cast<std::size_t>(*offset)};
}

std::vector<BenchmarkRow> rows_by_id(BenchmarkTable& table, const std::string& table_name,
                                     const std::string& name) {
  if (!is_id(name))
    return {};
  BenchmarkQuery query;
  query.id = name.starts_with("sha256:") ? name.substr(7) : name;
  auto rows = table.rows(query);
  if (rows.size() > 1)
    throw Error(Fault::input,
                table_name + ": id '" + name + "' is the beginning of " +
                    std::to_string(rows.size()) + " rows",
                "give more of its digits");
  return rows;
}

[[noreturn]] void refuse_unknown(BenchmarkTable& table, const std::string& table_name,
                                 const std::string& name) {
  std::set<std::string> tags;
  for (const auto& row : table.rows())
    if (!row.tag.empty())
      tags.insert(row.tag);
  throw Error(
      Fault::input,
      table_name + ": no row with the id or tag '" + printable(name) + "'" +
          did_you_mean(name, {tags.begin(), tags.end()}),
      "'mlopsctl bench show' lists rows; 'latest' is the newest, 'latest~1' the one before");
}

} // namespace

std::vector<BenchmarkRow> find_rows(BenchmarkTable& table, const std::string& table_name,
                                    const std::string& name) {
  BenchmarkQuery query;
  query.tag = name;
  std::vector<BenchmarkRow> rows;
  if (!name.empty())
    rows = table.rows(query);
  std::size_t offset = 0;
  if (rows.empty()) {
    auto [base, count] = split_offset(name);
    offset = count;
    query.tag = base == "latest" ? "" : base;
    if (base == "latest" || (offset > 0 && !base.empty()))
      rows = table.rows(query);
    if (base == "latest" && rows.empty())
      throw Error(Fault::input, table_name + ": has no row yet", "'mlopsctl bench run' adds one");
  }
  if (rows.empty())
    rows = rows_by_id(table, table_name, name);
  if (rows.empty())
    refuse_unknown(table, table_name, name);
  if (offset >= rows.size())
    throw Error(Fault::input,
                table_name + ": '" + printable(name) + "': there are only " +
                    std::to_string(rows.size()) + " such rows",
                "'mlopsctl bench show' lists them");
  std::reverse(rows.begin(), rows.end());
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(offset));
  return rows;
}

} // namespace mlopsctl::storage
