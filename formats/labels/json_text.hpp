// SPDX-License-Identifier: Apache-2.0
// Appending JSON to a buffer, fast and without a locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// "text" in quotes; quotes, backslashes and control characters escaped, UTF-8 as it is.
void append_quoted(std::string& out, std::string_view text);
void append_int(std::string& out, std::int64_t value);
/// Whole numbers without point or exponent, others in the shortest form that reads back the same.
void append_number(std::string& out, double value);

} // namespace mlopsctl::formats
