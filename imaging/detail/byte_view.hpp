// SPDX-License-Identifier: Apache-2.0
// Reading of binary headers (JPEG, PNG, WebP, TIFF) without running over their end.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mlopsctl::imaging::detail {

/// Bytes with bounds: what lies outside reads as nothing.
class ByteView {
public:
  explicit ByteView(std::string_view bytes, bool big_endian = true)
      : bytes_(bytes), big_endian_(big_endian) {}
  std::optional<unsigned> u8(std::size_t at) const {
    if (at >= bytes_.size())
      return std::nullopt;
    return static_cast<unsigned char>(bytes_[at]);
  }
  std::optional<unsigned> u16(std::size_t at) const {
    const auto a = u8(at), b = u8(at + 1);
    if (!a || !b)
      return std::nullopt;
    return big_endian_ ? *a << 8 | *b : *b << 8 | *a;
  }
  std::optional<unsigned> u32(std::size_t at) const {
    const auto a = u16(at), b = u16(at + 2);
    if (!a || !b)
      return std::nullopt;
    return big_endian_ ? *a << 16 | *b : *b << 16 | *a;
  }

private:
  std::string_view bytes_;
  bool big_endian_;
};

/// Markers of JPEG without a length behind them.
inline bool stands_alone(unsigned marker) { // without a length behind it
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

} // namespace mlopsctl::imaging::detail
