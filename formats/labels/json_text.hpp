// SPDX-License-Identifier: Apache-2.0
// Appending JSON to a buffer, fast and without a locale.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// "text" in quotes; quotes, backslashes and control characters escaped, UTF-8 as it is.
void append_quoted(std::string& out, std::string_view text);
void append_int(std::string& out, std::int64_t value);
/// Whole numbers without point or exponent, others in the shortest form that reads back the same.
void append_number(std::string& out, double value);

/// Short JSON of literals and numbers, put together without asking a string for room at each:
/// several times faster for what is written millions of times. At most k_bytes; who uses it counts.
class NumbersText {
public:
  static constexpr std::size_t k_bytes = 512;

  NumbersText() = default;
  NumbersText(const NumbersText&) = delete;
  NumbersText& operator=(const NumbersText&) = delete;
  template <std::size_t N> NumbersText& operator<<(const char (&literal)[N]) {
    std::memcpy(at_, literal, N - 1);
    at_ += N - 1;
    return *this;
  }
  NumbersText& operator<<(std::int64_t value) {
    at_ = std::to_chars(at_, bytes_.data() + k_bytes, value).ptr;
    return *this;
  }
  /// As append_number(): at most 24 bytes.
  NumbersText& operator<<(double value);
  std::string_view text() const {
    return {bytes_.data(), static_cast<std::size_t>(at_ - bytes_.data())};
  }
  void clear() { at_ = bytes_.data(); }

private:
  NumbersText& decimals(std::int64_t parts); ///< ten thousandths, not whole

  std::array<char, k_bytes> bytes_; // not cleared: only what was written is read
  char* at_ = bytes_.data();
};

} // namespace mlopsctl::formats
