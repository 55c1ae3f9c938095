// SPDX-License-Identifier: Apache-2.0
// How sharp a picture is.
#pragma once

#include "imaging/image.hpp"

namespace mlopsctl::imaging {

/// Variance of the Laplacian (kernel 0 1 0, 1 -4 1, 0 1 0; the border is mirrored without its
/// outermost pixel), the same number as cv2.Laplacian(grey, cv2.CV_64F).var().
/// It has no scale of its own: noise raises it, and so does a smaller decode (scale 4 of a picture
/// is about twice as "sharp"). Compare only pictures of one source at one scale.
/// \param grey 1 channel; empty: 0. \return 0 (flat) .. about 1e6.
double sharpness(const Image& grey);

} // namespace mlopsctl::imaging
