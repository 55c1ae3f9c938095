// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

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

} // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F)
      continue;
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
  if (std::abs(value) < k_exact_integers && std::trunc(value) == value) {
    append_int(out, static_cast<std::int64_t>(value));
    return;
  }
  std::array<char, 40> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

} // namespace mlopsctl::formats
