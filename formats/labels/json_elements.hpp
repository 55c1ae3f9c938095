// SPDX-License-Identifier: Apache-2.0
// Some elements of a JSON list, parsed as a document of their own: several threads take a list in
// slices; and elements as text again.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// A parser with its buffer: both keep their memory from slice to slice.
class ElementsParser {
public:
  /// \param elements "1, {}" without the brackets of the list. \param items valid until the next
  /// call.
  simdjson::error_code parse(std::string_view elements, simdjson::dom::array& items);

  static ElementsParser& of_this_thread();

private:
  simdjson::dom::parser parser_;
  std::string buffer_;
};

/// Its JSON text, without spaces.
std::string raw(const simdjson::dom::element& value);

} // namespace mlopsctl::formats
