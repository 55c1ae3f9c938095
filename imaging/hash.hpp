// SPDX-License-Identifier: Apache-2.0
// What a picture looks like in a few bits: near-duplicates differ in few of them.
#pragma once

#include "dataset/near_duplicates.hpp"
#include "imaging/image.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::imaging {

/// Two difference hashes of the grey picture. across: the picture is shrunk to 9 x 8 cells, each
/// the exact average of the area it covers (fractions of pixels count by their part); bit 63 - (8 *
/// row + column) is 1 where a cell is darker than its right neighbour. down: the same on 8 x 9
/// cells with the neighbour below. Integers only: the same bits on every machine. What survives:
/// other sizes, qualities and codecs, small changes of brightness; what does not: crops, mirrors,
/// turns. The second half is what keeps pictures apart that share one slope of light.
/// \param grey 1 channel. An empty or evenly grey picture is 0.
dataset::Fingerprint fingerprint(const Image& grey);

/// What a scan knows of a picture.
struct Look {
  dataset::Fingerprint fingerprint; ///< of the picture as a viewer shows it (EXIF turns applied)
  double sharpness = 0;             ///< imaging/quality.hpp, at the scale of the scan
};

/// Scale 1: every pixel (exact). 2, 4, 8: a JPEG is decoded at that part of its size: much faster,
/// and the fingerprint differs in about one bit of 128; sharpness is on another scale.
/// A side never falls below 64 px: small pictures are decoded larger than asked for.
/// \throws Error(input) as decode().
Look look_at(std::string_view bytes, const std::string& name, int scale = 1);
Look look_at_file(const std::string& path, int scale = 1);

} // namespace mlopsctl::imaging
