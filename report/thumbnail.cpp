// SPDX-License-Identifier: Apache-2.0
#include "report/thumbnail.hpp"

#include "imaging/codecs.hpp"
#include "imaging/draw.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::report {

imaging::Image thumbnail(const std::string& path, int side_px, std::string& why_missing) {
  if (path.empty()) {
    why_missing = "the picture was not found (--images says where they are)";
    return {};
  }
  try {
    imaging::Image image = imaging::decode_file(path);
    const double scale = std::min(1.0, double(side_px) / std::max(image.width, image.height));
    const int width = std::max(1, static_cast<int>(std::lround(image.width * scale)));
    const int height = std::max(1, static_cast<int>(std::lround(image.height * scale)));
    if (width == image.width && height == image.height)
      return image;
    return imaging::resize(image, width, height, imaging::Interpolation::area);
  } catch (const Error& error) {
    why_missing = error.what();
    return {};
  }
}

imaging::Image drawn_thumbnail(const dataset::Sample& sample, const dataset::ClassMap& classes,
                               imaging::Image thumbnail) {
  if (thumbnail.empty() || sample.width <= 0 || sample.height <= 0)
    return thumbnail;
  const double x = double(thumbnail.width) / sample.width;
  const double y = double(thumbnail.height) / sample.height;
  std::vector<imaging::DrawnBox> boxes;
  for (const auto& annotation : sample.annotations) {
    const auto& box = annotation.box;
    boxes.push_back({{box.left * x, box.top * y, box.width * x, box.height * y},
                     annotation.label,
                     annotation.score,
                     classes.find(annotation.label).value_or(0)});
  }
  imaging::draw_boxes(thumbnail, boxes);
  return thumbnail;
}

} // namespace mlopsctl::report
