// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_elements.hpp"

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

} // namespace mlopsctl::formats
