// SPDX-License-Identifier: Apache-2.0
#include "imaging/redact.hpp"

#include "imaging/cutout.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <cstring>

namespace mlopsctl::imaging {
namespace {

int cells_of(int side_px) {
  constexpr int k_least_px = 4; // a smaller cell would leave a small face as it is
  return std::clamp(side_px / k_least_px, 1, k_redacted_cells);
}

} // namespace

void redact(Image& image, const dataset::Box& box, double margin) {
  const auto place = cutout_of(box, margin, false, image);
  if (place.width == 0 || place.height == 0)
    return;
  const auto part = crop(image, place.left, place.top, place.width, place.height);
  const auto cells =
      resize(part, cells_of(place.width), cells_of(place.height), Interpolation::area);
  const auto smooth = resize(cells, place.width, place.height, Interpolation::linear);
  const auto offset =
      static_cast<std::size_t>(place.left) * static_cast<std::size_t>(image.channels);
  for (int y = 0; y < place.height; ++y)
    std::memcpy(image.row(place.top + y) + offset, smooth.row(y), smooth.stride());
}

} // namespace mlopsctl::imaging
