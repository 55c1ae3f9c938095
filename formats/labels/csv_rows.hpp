// SPDX-License-Identifier: Apache-2.0
// Rows of comma-separated values: RFC 4180 quotes (also around line breaks), any line end, comma,
// semicolon or tab.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

class CsvRows {
public:
  static constexpr std::size_t k_max_row_bytes = std::size_t{1} << 20;
  static constexpr std::size_t k_max_fields = 10'000;

  /// \param text stays where it is. A byte order mark is skipped. \param name for messages.
  CsvRows(std::string_view text, std::string name);

  /// \param fields of the next row that is not empty, without quotes and outer spaces. \return
  /// false at the end. \throws Error(input) for a quote that does not end, or a row past the
  /// limits.
  bool next(std::vector<std::string>& fields);
  std::int64_t line() const { return row_line_; }  ///< 1-based, where the row began
  std::size_t offset() const { return position_; } ///< read so far
  void rewind();
  char separator() const { return separator_; }

private:
  [[noreturn]] void fail(const std::string& what) const;
  void read_quoted(std::string& field);

  std::string_view text_;
  std::string name_;
  char separator_;
  std::size_t start_ = 0;
  std::size_t position_ = 0;
  std::int64_t line_ = 1;
  std::int64_t row_line_ = 0;
};

/// "12.5", also "12,5" as spreadsheets of half the world write it.
std::optional<double> csv_number(std::string_view text);
void append_csv_field(std::string& out, std::string_view text);

} // namespace mlopsctl::formats
