// SPDX-License-Identifier: Apache-2.0
// Pictures made from pictures: other sizes, parts, turns, other colour.
#pragma once

#include "imaging/image.hpp"

#include <cstdint>

namespace mlopsctl::imaging {

/// linear: as cv2.resize's default; area: averages, for making smaller.
enum class Interpolation { linear, area };

/// \param width,height px, > 0. \return stretched to exactly this size.
Image resize(const Image& image, int width, int height, Interpolation interpolation);

/// Where a picture lies on a canvas after scaling with its proportions kept.
struct Placement {
  int left = 0; ///< px on the canvas
  int top = 0;
  int width = 0; ///< px of the scaled picture, rounded
  int height = 0;
  double scale = 1; ///< canvas px a picture px, before rounding; the same in x and y
};

enum class Anchor { center, top_left };

/// The largest place inside the canvas (rounded as Ultralytics' LetterBox does, so that boxes map
/// back to the same pixel). All sizes in px, > 0.
Placement letterbox_placement(int width, int height, int canvas_width, int canvas_height,
                              Anchor anchor);
/// \param placement from letterbox_placement for this picture and canvas.
/// \param pad_value 0..255, all channels of what the picture does not cover.
Image letterbox(const Image& image, int canvas_width, int canvas_height, const Placement& placement,
                std::uint8_t pad_value, Interpolation interpolation);

/// The part left..left+width, top..top+height, cut to the picture. \return empty if nothing is
/// left.
Image crop(const Image& image, int left, int top, int width, int height);

Image flip_x(const Image& image);   ///< left and right change places
Image flip_y(const Image& image);   ///< top and bottom change places
Image rotate90(const Image& image); ///< clockwise; width and height change places
Image rotate180(const Image& image);
Image rotate270(const Image& image); ///< clockwise, which is 90 degrees to the left

/// Turns the pixels to what a viewer shows. \param orientation EXIF 1..8; anything else is 1.
Image apply_orientation(Image image, int orientation);

Image to_rgb(Image image);  ///< grey becomes three equal channels
Image to_grey(Image image); ///< BT.601 weights in 1/2^14, rounded, as OpenCV does

} // namespace mlopsctl::imaging
