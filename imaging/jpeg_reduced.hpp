// SPDX-License-Identifier: Apache-2.0
// A grey picture at a quarter or an eighth of the size, straight from the entropy-coded data of a
// JPEG: most of its coefficients are stepped over and never computed.
#pragma once

#include "imaging/image.hpp"

#include <optional>
#include <string_view>

namespace mlopsctl::imaging {

/// The luma of a baseline JPEG, each side divided by \p scale and rounded up: the very pixels that
/// libjpeg-turbo decodes at that scale (its 2x2 and 1x1 inverse transforms of the accurate kind),
/// in about half the time. Takes memory for at most 16 pixels a byte of the file. \param scale 4 or
/// 8; others give nothing. \return nothing where libjpeg-turbo has to decide: files of another kind
/// (progressive, arithmetic, 12 bits, CMYK, RGB, rare samplings, several scans), tiny ones (8x8 and
/// less), any that is damaged or odd in whatever way, and values that no camera's encoder writes.
/// Never throws for what it reads.
std::optional<Image> reduced_grey_jpeg(std::string_view bytes, int scale);

} // namespace mlopsctl::imaging
