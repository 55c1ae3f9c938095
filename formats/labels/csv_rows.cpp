// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/csv_rows.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::formats {
namespace {

/// The sign that the first line has most of, outside of quotes.
char separator_of(std::string_view text) {
  constexpr std::array<char, 3> k_candidates{',', ';', '\t'};
  std::array<std::size_t, 3> counts{};
  bool is_quoted = false;
  for (const char c : text.substr(0, CsvRows::k_max_row_bytes)) {
    is_quoted = is_quoted != (c == '"');
    if (c == '\n' && !is_quoted)
      break;
    for (std::size_t i = 0; i < k_candidates.size(); ++i)
      counts[i] += !is_quoted && c == k_candidates[i] ? 1U : 0U;
  }
  return k_candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                               counts.begin())];
}

} // namespace

CsvRows::CsvRows(std::string_view text, std::string name)
    : text_(text), name_(std::move(name)), separator_(separator_of(text)) {
  start_ = position_ = text.starts_with(k_byte_order_mark) ? k_byte_order_mark.size() : 0;
}

void CsvRows::rewind() {
  position_ = start_;
  line_ = 1;
  row_line_ = 0;
}

void CsvRows::fail(const std::string& what) const {
  throw Error(Fault::input, name_ + ":" + std::to_string(row_line_) + ": " + what);
}

void CsvRows::read_quoted(std::string& field) {
  for (++position_;; ++position_) {
    if (position_ >= text_.size())
      fail("a quote is opened and never closed");
    const char c = text_[position_];
    if (field.size() > k_max_row_bytes)
      fail("a field of more than 1 MiB; is a quote missing?");
    line_ += c == '\n' ? 1 : 0;
    if (c != '"') {
      field += c;
    } else if (position_ + 1 < text_.size() && text_[position_ + 1] == '"') {
      field += '"';
      ++position_;
    } else {
      ++position_;
      return;
    }
  }
}

bool CsvRows::next(std::vector<std::string>& fields) {
  for (;;) {
    fields.assign(1, {});
    row_line_ = line_;
    if (position_ >= text_.size())
      return false;
    const auto begin = position_;
    bool was_quoted = false;
    for (; position_ < text_.size() && text_[position_] != '\n'; ++position_) {
      const char c = text_[position_];
      if (position_ - begin > k_max_row_bytes)
        fail("a row of more than 1 MiB");
      if (c == '"' && trim(fields.back()).empty()) {
        fields.back().clear();
        read_quoted(fields.back());
        was_quoted = true;
        --position_; // the loop goes on behind the quote
      } else if (c == separator_) {
        if (fields.size() >= k_max_fields)
          fail("a row of more than 10000 fields");
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    ++position_;
    ++line_;
    for (auto& field : fields)
      field = std::string(trim(field));
    if (fields.size() > 1 || !fields[0].empty() || was_quoted)
      return true;
  }
}

std::optional<double> csv_number(std::string_view text) {
  if (const auto number = parse_double(text))
    return number;
  const auto comma = text.find(',');
  if (comma == std::string_view::npos || text.find('.') != std::string_view::npos ||
      text.find(',', comma + 1) != std::string_view::npos)
    return std::nullopt;
  std::string with_point(text);
  with_point[comma] = '.';
  return parse_double(with_point);
}

void append_csv_field(std::string& out, std::string_view text) {
  const bool needs_quotes = text.find_first_of(",;\t\"\r\n") != std::string_view::npos ||
                            (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!needs_quotes) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    out += c;
    if (c == '"')
      out += c;
  }
  out += '"';
}

} // namespace mlopsctl::formats
