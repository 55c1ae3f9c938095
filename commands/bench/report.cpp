// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/report.hpp"

#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

constexpr std::size_t k_names_shown = 5;

std::string first_names(std::vector<std::string> names) {
  const bool is_more = names.size() > k_names_shown;
  names.resize(std::min(names.size(), k_names_shown));
  return join(names, ", ") + (is_more ? " ..." : "");
}

std::string number_of(const storage::BenchmarkRow& row, const std::string& name, int decimals) {
  const auto number = storage::find_number(row, name);
  return number && number->second ? fixed(*number->second, decimals) : "-";
}

/// "2026-11-20 22:58" of "2026-11-20T22:58:00.123Z".
std::string to_minutes(std::string time) {
  std::replace(time.begin(), time.end(), 'T', ' ');
  return time.substr(0, 16);
}

/// The first 8 hex digits of the id.
std::string short_id(const storage::BenchmarkRow& row) {
  return row.id.size() > 15 ? row.id.substr(7, 8) : row.id;
}

} // namespace

Value rows_document(const std::vector<storage::BenchmarkRow>& rows) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.bench.rows/1";
  Value list = Value::array();
  for (const auto& row : rows)
    list.push(storage::to_value(row));
  document["rows"] = std::move(list);
  return document;
}

Table rows_table(const std::vector<storage::BenchmarkRow>& rows) {
  Table table{{"time (UTC)", "model", "images", "objects", "engine", "scenario", "protocol",
               "map_50", "map_50_95", "accuracy", "p50 ms", "p90 ms", "p99 ms", "images/s", "tag",
               "id"},
              {}};
  for (const auto& row : rows) {
    const std::string version = row.model_version.empty() ? "" : " " + row.model_version;
    table.rows.push_back(
        {to_minutes(row.time), row.model_name + version, std::to_string(row.dataset_images),
         std::to_string(row.dataset_objects), row.engine + " x" + std::to_string(row.threads),
         row.scenario, row.protocol, number_of(row, "map_50", 3), number_of(row, "map_50_95", 3),
         number_of(row, "accuracy", 4), number_of(row, "p50_ms", 1), number_of(row, "p90_ms", 1),
         number_of(row, "p99_ms", 1), number_of(row, "images_per_s", 1), row.tag, short_id(row)});
  }
  // A column in which no row has anything only takes the place of the others.
  for (std::size_t column = table.header.size(); column-- > 0;) {
    const bool is_empty = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
      return row[column].empty() || row[column] == "-";
    });
    if (!is_empty)
      continue;
    const auto offset = static_cast<std::ptrdiff_t>(column);
    table.header.erase(table.header.begin() + offset);
    for (auto& row : table.rows)
      row.erase(row.begin() + offset);
  }
  return table;
}

void warn_of_left_out(const bench::LeftOut& left_out) {
  if (left_out.unknown_image_count > 0)
    log::warn(std::to_string(left_out.unknown_image_count) +
              " predictions are for images that the truth does not have, and were left out: " +
              first_names(left_out.unknown_images));
  if (!left_out.unknown_classes.empty()) {
    std::int64_t count = 0;
    std::vector<std::string> names;
    for (const auto& [name, detections] : left_out.unknown_classes) {
      count += detections;
      names.push_back(name);
    }
    log::warn(std::to_string(count) + " detections are of " + std::to_string(names.size()) +
              " classes that the truth does not have, and were left out: " + first_names(names));
  }
  if (!left_out.repeated_images.empty())
    log::warn(std::to_string(left_out.repeated_images.size()) +
              " images have predictions in more than one place; all of them count: " +
              first_names(left_out.repeated_images));
}

void warn_of_odd_scores(const bench::OddScores& odd_scores) {
  if (odd_scores.count > 0)
    log::warn(std::to_string(odd_scores.count) + " scores are outside 0..1 (" +
              odd_scores.first_place + ": " + number(odd_scores.first) +
              "), perhaps logits: ranking takes them as they are, score thresholds and calibration "
              "mean little");
}

std::string shown_metric(const std::optional<double>& value) {
  return value ? fixed(*value, 4) : "-";
}

std::string row_title(const storage::BenchmarkRow& row) {
  const std::string model =
      row.model_name + (row.model_version.empty() ? "" : " " + row.model_version);
  const std::string what = model + ", " + to_minutes(row.time) + ", " + short_id(row);
  return row.tag.empty() ? what : row.tag + " (" + what + ")";
}

} // namespace mlopsctl::commands
