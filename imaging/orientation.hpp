// SPDX-License-Identifier: Apache-2.0
// Labels of pictures that a camera wrote sideways (EXIF orientation): most labeling tools show them
// upright, most training code reads the pixels as they are stored.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>

namespace mlopsctl::imaging {

/// Boxes and size from the stored pixels to what a viewer shows. \param orientation EXIF 1..8;
/// anything else is 1. The size of \p sample must be known if it is not 1. \return how many members
/// were left out that cannot be turned (dataset/other_places.hpp).
std::int64_t turn_labels_upright(dataset::Sample& sample, int orientation);

/// True if labels of this size were made on the upright picture: only then do they have the sides
/// of the stored one exchanged. Turns that keep the sides (2, 3, 4, squares) cannot be told.
bool is_upright_size(int width, int height, int stored_width, int stored_height, int orientation);

} // namespace mlopsctl::imaging
