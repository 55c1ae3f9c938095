// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_text.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace mlopsctl::formats {
namespace {

constexpr double k_exact_integers = 9007199254740992.0; // 2^53

void append_escape(std::string& out, char c) {
  static constexpr std::string_view k_hex = "0123456789abcdef";
  switch (c) {
  case '"': out += "\\\""; return;
  case '\\': out += "\\\\"; return;
  case '\n': out += "\\n"; return;
  case '\r': out += "\\r"; return;
  case '\t': out += "\\t"; return;
  default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += k_hex[byte >> 4U];
  out += k_hex[byte & 15U];
}

/// Bytes before the first that has to be escaped; eight at a time, as nearly every text has none.
std::size_t plain_prefix(std::string_view text) {
  constexpr std::uint64_t k_ones = 0x0101010101010101U;
  constexpr std::uint64_t k_tops = 0x8080808080808080U;
  const auto has_zero = [](std::uint64_t word) { return (word - k_ones) & ~word & k_tops; };
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    const std::uint64_t below_space = (word - k_ones * 0x20) & ~word & k_tops;
    if ((below_space | has_zero(word ^ (k_ones * '"')) | has_zero(word ^ (k_ones * '\\')) |
         has_zero(word ^ (k_ones * 0x7F))) != 0)
      break;
  }
  for (; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F)
      break;
  }
  return i;
}

} // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = plain_prefix(text); i < text.size();
       i = begin + plain_prefix(text.substr(begin))) {
    out.append(text, begin, i - begin);
    append_escape(out, text[i]);
    begin = i + 1;
  }
  out.append(text, begin);
  out += '"';
}

void append_int(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

void append_number(std::string& out, double value) {
  NumbersText text;
  out += (text << value).text();
}

NumbersText& NumbersText::operator<<(double value) {
  if (value > -k_exact_integers && value < k_exact_integers) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value)
      return *this << whole;
    // Up to four decimals, as people and tools write most: the nearest number to few digits is
    // nearest to no others that are as few. Smaller ones may be shorter with an exponent.
    constexpr double k_parts = 10'000;
    if (value >= 0.001 && value < 1e6) {
      const auto parts = static_cast<std::int64_t>(value * k_parts + 0.5);
      if (static_cast<double>(parts) / k_parts == value)
        return decimals(parts);
    }
  }
  at_ = std::to_chars(at_, bytes_.data() + k_bytes, value).ptr;
  return *this;
}

NumbersText& NumbersText::decimals(std::int64_t parts) {
  *this << parts / 10'000;
  *at_++ = '.';
  for (auto rest = parts % 10'000, place = std::int64_t{1000}; rest > 0; place /= 10) {
    *at_++ = static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return *this;
}

} // namespace mlopsctl::formats
