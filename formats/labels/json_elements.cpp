// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_elements.hpp"

#include "formats/labels/json_text.hpp"

namespace mlopsctl::formats {

simdjson::error_code ElementsParser::parse(std::string_view elements, simdjson::dom::array& items) {
  buffer_.clear();
  buffer_.reserve(elements.size() + 2 + simdjson::SIMDJSON_PADDING); // else the parser copies it
  ((buffer_ += '[') += elements) += ']';
  return parser_.parse(buffer_.data(), buffer_.size(), false).get(items);
}

ElementsParser& ElementsParser::of_this_thread() {
  thread_local ElementsParser parser;
  return parser;
}

std::string raw(const simdjson::dom::element& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return simdjson::to_string(value);
  std::string quoted; // most members are texts, and this is several times faster
  append_quoted(quoted, text);
  return quoted;
}

} // namespace mlopsctl::formats
