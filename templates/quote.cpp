// SPDX-License-Identifier: Apache-2.0
// Quoting for sh and systemd.
#include "templates/quote.hpp"

#include "core/value.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("_-./:@%+,").find(c) != std::string_view::npos;
}

std::string quote_unit(std::string_view text, bool has_variables) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
    case '\\':
    case '"':
      out += '\\';
      out += c;
      break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    case '%': out += "%%"; break;
    case '$': out += has_variables ? "$$" : "$"; break;
    default: out += c;
    }
  }
  return out + '"';
}

} // namespace

std::string quote_shell(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain))
    return std::string(text);
  // Nothing is special between single quotes: one ends them, stands escaped, and opens them again.
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string quote_systemd(std::string_view text) {
  return quote_unit(text, false);
}

std::string quote_systemd_word(std::string_view text) {
  return quote_unit(text, true);
}

std::string quote_yaml(std::string_view text) {
  return to_json(Value(std::string(text)));
}

} // namespace mlopsctl::templates
