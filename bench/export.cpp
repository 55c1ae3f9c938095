// SPDX-License-Identifier: Apache-2.0
#include "bench/export.hpp"

#include "core/text.hpp"

#include <unordered_map>

namespace mlopsctl::bench {
namespace {

Value text_or_null(const std::optional<storage::NamedNumber>& found, double factor) {
  return found && found->second ? Value(number(*found->second * factor)) : Value();
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"')
      out += c;
  }
  return out + "\"";
}

std::string cell_text(const Value& cell) {
  if (cell.is_null())
    return "";
  if (cell.kind == Value::Kind::array) {
    std::vector<std::string> parts;
    for (const auto& item : cell.items)
      parts.push_back(item.string);
    return cell_text(join(parts, " "));
  }
  if (!cell.is_string())
    return to_json(cell);
  const bool is_formula =
      !cell.string.empty() &&
      std::string_view("=+-@\t\r").find(cell.string.front()) != std::string_view::npos &&
      !parse_double(cell.string);
  return quoted((is_formula ? "'" : "") + cell.string);
}

} // namespace

Sheet all_columns(const std::vector<storage::BenchmarkRow>& rows) {
  Sheet sheet;
  std::unordered_map<std::string, std::size_t> places;
  for (const auto& row : rows) {
    std::vector<Value> cells(sheet.columns.size());
    for (auto& [name, value] : storage::to_value(row).members) {
      const auto [place, is_new] = places.emplace(name, sheet.columns.size());
      if (is_new) {
        sheet.columns.push_back(name);
        cells.emplace_back();
      }
      cells[place->second] = std::move(value);
    }
    sheet.rows.push_back(std::move(cells));
  }
  for (auto& cells : sheet.rows)
    cells.resize(sheet.columns.size());
  return sheet;
}

Sheet size_time_columns(const std::vector<storage::BenchmarkRow>& rows) {
  constexpr double k_percent = 100;
  Sheet sheet{{"size", "time", "true_prediction"}, {}};
  for (const auto& row : rows)
    sheet.rows.push_back({std::to_string(row.dataset_objects),
                          text_or_null(storage::find_number(row, "seconds"), 1),
                          text_or_null(storage::find_number(row, "accuracy"), k_percent)});
  return sheet;
}

std::string to_csv(const Sheet& sheet) {
  std::vector<std::string> cells;
  for (const auto& name : sheet.columns)
    cells.push_back(cell_text(name));
  std::string out = join(cells, ",") + "\n";
  for (const auto& row : sheet.rows) {
    cells.clear();
    for (const auto& cell : row)
      cells.push_back(cell_text(cell));
    out += join(cells, ",") + "\n";
  }
  return out;
}

Value to_objects(const Sheet& sheet) {
  Value list = Value::array();
  for (const auto& row : sheet.rows) {
    Value entry = Value::object();
    for (std::size_t i = 0; i < row.size(); ++i)
      entry.members.emplace_back(sheet.columns[i], row[i]);
    list.push(std::move(entry));
  }
  return list;
}

} // namespace mlopsctl::bench
