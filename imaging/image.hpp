// SPDX-License-Identifier: Apache-2.0
// Image: the pixels that every room hands around. Our own value type, so that no header needs a
// picture library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mlopsctl::imaging {

/// 8-bit interleaved pixels, origin top left, rows packed (stride = width * channels bytes).
/// 1 channel is grey, 3 channels are R, G, B in this order. Copies copy the pixels; move where you
/// can.
struct Image {
  int width = 0;    ///< px, > 0 unless the image is empty
  int height = 0;   ///< px
  int channels = 3; ///< 1 or 3
  std::vector<std::uint8_t> pixels;

  Image() = default;
  Image(int width_px, int height_px, int channel_count, std::uint8_t value = 0)
      : width(width_px), height(height_px), channels(channel_count),
        pixels(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) *
                   static_cast<std::size_t>(channel_count),
               value) {}

  bool empty() const { return pixels.empty(); }
  std::size_t stride() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
  std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * stride(); }
  const std::uint8_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * stride();
  }
};

} // namespace mlopsctl::imaging
