// SPDX-License-Identifier: Apache-2.0
#include "imaging/cutout.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::imaging {

Cutout cutout_of(const dataset::Box& box, double margin, bool is_square, const Image& image) {
  double half_width = box.width / 2 * (1 + 2 * margin);
  double half_height = box.height / 2 * (1 + 2 * margin);
  if (is_square)
    half_width = half_height = std::max(half_width, half_height);
  const double x = box.left + box.width / 2;
  const double y = box.top + box.height / 2;
  const double x0 = std::floor(x - half_width);
  const double y0 = std::floor(y - half_height);
  const double x1 = std::ceil(x + half_width);
  const double y1 = std::ceil(y + half_height);
  const auto pixel = [](double value, int most) {
    return static_cast<int>(std::clamp(value, 0.0, double(most)));
  };
  Cutout out;
  out.left = pixel(x0, image.width);
  out.top = pixel(y0, image.height);
  out.width = pixel(x1, image.width) - out.left;
  out.height = pixel(y1, image.height) - out.top;
  out.is_whole = x0 >= 0 && y0 >= 0 && x1 <= image.width && y1 <= image.height;
  return out;
}

} // namespace mlopsctl::imaging
