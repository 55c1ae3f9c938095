// SPDX-License-Identifier: Apache-2.0
// Glance: what can be told of a frame from a small grey picture of it, cheaply enough to be done
// for every frame of a video.
#pragma once

#include "dataset/near_duplicates.hpp"
#include "imaging/image.hpp"
#include "imaging/yuv.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace mlopsctl::imaging {

inline constexpr int k_glance_columns = 64;
inline constexpr int k_glance_rows = 48;
inline constexpr int k_glance_side_px = 640; ///< longer side of the small picture, at most

/// Whole pixels are averaged, k x k of them, with the smallest k that brings the longer side to
/// \p side_px or less; what is left over at the right and the bottom is left out.
/// \param image 1 or 3 channels. \return 1 channel.
Image small_grey(const Image& image, int side_px);
Image small_grey(const YuvImage& image, int side_px);

/// How steep the steepest edges are, from the eighth of all 16 x 16 blocks with the strongest
/// differences over 2 px.
struct Acuteness {
  /// Energy of the differences over 2 px, as a part of that over 8 px. Contrast and the amount of
  /// texture cancel out; noise of the sensor hardly counts beside edges. 0 (nothing to be seen) ..
  /// about 1; ideal edges have 0.25, blurred ones fall with their width.
  double ratio = 0;
  double detail = 0; ///< mean square of the differences over 2 px, levels^2
};
Acuteness acuteness(const Image& grey);

struct Glance {
  using Cells =
      std::array<std::uint8_t, std::size_t{k_glance_columns} * std::size_t{k_glance_rows}>;
  Cells cells{};                    ///< the picture as 64 x 48 averages, row by row
  dataset::Fingerprint fingerprint; ///< of the cells
  Acuteness sharpness;              ///< of the small picture
};

/// \param small from small_grey().
Glance glance(const Image& small);

/// How much two frames differ, in parts of what can be seen.
struct Difference {
  double mean = 0;    ///< of all cells, levels of 255, after the change of brightness is taken out
  double most = 0;    ///< mean of the 1/64 of the cells that changed most, levels
  double changed = 0; ///< 0..1, part of the cells that changed by 8 levels or more
};
Difference difference(const Glance& a, const Glance& b);

/// Part of the cells of \p b that are 6 levels or more outside of what \p a has there or in a
/// neighbouring cell, 0..1: a camera that trembles changes nothing, something that moves by more
/// than a cell does. \param enough 0..1: looked no further, and returned as found, once it is more.
double moved(const Glance& a, const Glance& b, double enough = 1);

} // namespace mlopsctl::imaging
