// SPDX-License-Identifier: Apache-2.0
#include "core/percent.hpp"

namespace mlopsctl {

std::string percent_encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain || (c == '/' && keep_slash)) {
      out += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += k_digits[value >> 4U];
    out += k_digits[value & 15U];
  }
  return out;
}

} // namespace mlopsctl
