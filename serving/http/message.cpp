// SPDX-License-Identifier: Apache-2.0
#include "serving/http/message.hpp"

#include "core/text.hpp"

namespace mlopsctl::serving {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key.size() == name.size() && starts_with_ignoring_case(key, name))
      return value;
  return std::nullopt;
}

} // namespace mlopsctl::serving
