// SPDX-License-Identifier: Apache-2.0
#include "capture/picture_views.hpp"

#include "imaging/codecs.hpp"
#include "imaging/transform.hpp"

#include <algorithm>

namespace mlopsctl::capture {
namespace {

void scale_boxes(std::vector<dataset::Annotation>& annotations, double x, double y) {
  for (auto& annotation : annotations) {
    auto& box = annotation.box;
    box = {box.left * x, box.top * y, box.width * x, box.height * y};
  }
}

} // namespace

void resize(Picture& picture, const std::pair<int, int>& size) {
  const auto [width, height] = size;
  const bool is_smaller = width < picture.width() || height < picture.height();
  scale_boxes(picture.annotations, static_cast<double>(width) / picture.width(),
              static_cast<double>(height) / picture.height());
  picture.image =
      imaging::resize(picture.rgb(), width, height,
                      is_smaller ? imaging::Interpolation::area : imaging::Interpolation::linear);
}

std::shared_ptr<const imaging::Glance> glance_of(const Picture& picture) {
  constexpr int k_side_px = imaging::k_glance_side_px;
  const auto small = picture.image.empty() ? imaging::small_grey(picture.yuv, k_side_px)
                                           : imaging::small_grey(picture.image, k_side_px);
  return std::make_shared<const imaging::Glance>(imaging::glance(small));
}

std::string thumbnail_of(Picture& picture) {
  constexpr int k_side_px = 160, k_quality = 70;
  const int longer = std::max(picture.width(), picture.height());
  const auto scaled = [&](int side) { return std::max(1, side * k_side_px / longer); };
  const int width = scaled(picture.width()), height = scaled(picture.height());
  return imaging::encode_jpeg(
      imaging::resize(picture.rgb(), width, height, imaging::Interpolation::area), k_quality);
}

} // namespace mlopsctl::capture
