// SPDX-License-Identifier: Apache-2.0
// YuvImage: brightness and halved colour, as video decoders give them and JPEG stores them. A frame
// that becomes a JPEG needs no way through RGB.
#pragma once

#include "imaging/image.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::imaging {

/// 8-bit 4:2:0, full range, matrix of BT.601 (JFIF). Planes are packed and whole pairs of rows and
/// columns: of odd sizes the last one is repeated.
struct YuvImage {
  int width = 0;                ///< px
  int height = 0;               ///< px
  std::vector<std::uint8_t> y;  ///< padded_width() * padded_height()
  std::vector<std::uint8_t> cb; ///< a quarter of y
  std::vector<std::uint8_t> cr;

  YuvImage() = default;
  YuvImage(int width_px, int height_px)
      : width(width_px), height(height_px), y(area()), cb(area() / 4), cr(area() / 4) {}

  int padded_width() const { return (width + 1) / 2 * 2; }
  int padded_height() const { return (height + 1) / 2 * 2; }

private:
  std::size_t area() const {
    return static_cast<std::size_t>(padded_width()) * static_cast<std::size_t>(padded_height());
  }
};

/// \param quality 1..100. Colour stays halved, as it came.
std::string encode_jpeg(const YuvImage& image, int quality = 95);
/// What decoding that JPEG would give, were nothing lost.
Image to_rgb(const YuvImage& image);
/// Of R, G, B or grey pixels, as encoding a JPEG with halved colour would make it.
YuvImage to_yuv(const Image& image);
/// The brightness alone.
Image to_grey(const YuvImage& image);

} // namespace mlopsctl::imaging
