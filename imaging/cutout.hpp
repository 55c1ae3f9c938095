// SPDX-License-Identifier: Apache-2.0
// Where a box is cut out of its picture.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"

namespace mlopsctl::imaging {

struct Cutout {
  int left = 0; ///< px
  int top = 0;
  int width = 0; ///< px; 0 if the box is outside the picture
  int height = 0;
  bool is_whole = true; ///< nothing of it lies outside the picture
};

/// The whole pixels around a box with its margin, cut at the edges of the picture.
/// \param margin on each side, as a part of the box, >= 0. \param is_square the shorter side is
/// widened to the longer one.
Cutout cutout_of(const dataset::Box& box, double margin, bool is_square, const Image& image);

} // namespace mlopsctl::imaging
