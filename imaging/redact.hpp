// SPDX-License-Identifier: Apache-2.0
// Parts of a picture made unrecognisable, for good.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"

namespace mlopsctl::imaging {

/// Averages that are left of a redacted box, a side; fewer where one would be under 4 px.
inline constexpr int k_redacted_cells = 4;

/// Replaces the box and its margin by a few averages and smooth steps between them. What they were
/// the averages of is nowhere in the picture any more.
/// \param margin on each side, as a part of the box, >= 0. What lies outside the picture is left.
void redact(Image& image, const dataset::Box& box, double margin);

} // namespace mlopsctl::imaging
