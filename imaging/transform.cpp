// SPDX-License-Identifier: Apache-2.0
// Scaling through OpenCV imgproc; the rest is moving bytes.
#include "imaging/transform.hpp"

#include "core/error.hpp"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace mlopsctl::imaging {
namespace {

/// OpenCV's view of our pixels, without a copy. It never writes through a view of a const picture.
cv::Mat view(const Image& image) {
  return {image.height, image.width, CV_8UC(image.channels),
          const_cast<std::uint8_t*>(image.pixels.data()), image.stride()};
}

void check_target(const Image& image, int width, int height) {
  if (image.empty() || width <= 0 || height <= 0)
    throw Error(Fault::internal, "resize: " + std::to_string(image.width) + "x" +
                                     std::to_string(image.height) + " to " + std::to_string(width) +
                                     "x" + std::to_string(height));
}

/// New picture whose pixel (x, y) is the old one's at source(x, y).
template <class Source> Image remap(const Image& image, int width, int height, Source source) {
  Image result(width, height, image.channels);
  const auto channels = static_cast<std::size_t>(image.channels);
  for (int y = 0; y < height; ++y) {
    std::uint8_t* to = result.row(y);
    for (int x = 0; x < width; ++x, to += channels) {
      const auto [from_x, from_y] = source(x, y);
      std::memcpy(to, image.row(from_y) + static_cast<std::size_t>(from_x) * channels, channels);
    }
  }
  return result;
}

using At = std::pair<int, int>;

} // namespace

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
  check_target(image, width, height);
  if (width == image.width && height == image.height)
    return image;
  Image result(width, height, image.channels);
  cv::Mat to = view(result);
  cv::resize(view(image), to, to.size(), 0, 0,
             interpolation == Interpolation::area ? cv::INTER_AREA : cv::INTER_LINEAR);
  return result;
}

Placement letterbox_placement(int width, int height, int canvas_width, int canvas_height,
                              Anchor anchor) {
  Placement place;
  place.scale = std::min(static_cast<double>(canvas_width) / width,
                         static_cast<double>(canvas_height) / height);
  const auto scaled = [&](int side, int most) {
    return std::clamp(static_cast<int>(std::nearbyint(side * place.scale)), 1, most);
  };
  place.width = scaled(width, canvas_width);
  place.height = scaled(height, canvas_height);
  if (anchor == Anchor::top_left)
    return place;
  // An odd remainder goes to the right and to the bottom: round(x / 2 - 0.1).
  place.left = (canvas_width - place.width) / 2;
  place.top = (canvas_height - place.height) / 2;
  return place;
}

Image letterbox(const Image& image, int canvas_width, int canvas_height, const Placement& placement,
                std::uint8_t pad_value, Interpolation interpolation) {
  check_target(image, placement.width, placement.height);
  Image canvas(canvas_width, canvas_height, image.channels, pad_value);
  const Image scaled = resize(image, placement.width, placement.height, interpolation);
  const auto offset =
      static_cast<std::size_t>(placement.left) * static_cast<std::size_t>(image.channels);
  for (int y = 0; y < scaled.height; ++y)
    std::memcpy(canvas.row(placement.top + y) + offset, scaled.row(y), scaled.stride());
  return canvas;
}

Image crop(const Image& image, int left, int top, int width, int height) {
  const auto clip = [](std::int64_t value, int most) {
    return static_cast<int>(std::clamp<std::int64_t>(value, 0, most));
  };
  const int x0 = clip(left, image.width), x1 = clip(std::int64_t{left} + width, image.width);
  const int y0 = clip(top, image.height), y1 = clip(std::int64_t{top} + height, image.height);
  if (x1 <= x0 || y1 <= y0)
    return {};
  Image part(x1 - x0, y1 - y0, image.channels);
  const auto offset = static_cast<std::size_t>(x0) * static_cast<std::size_t>(image.channels);
  for (int y = 0; y < part.height; ++y)
    std::memcpy(part.row(y), image.row(y0 + y) + offset, part.stride());
  return part;
}

Image flip_x(const Image& image) {
  return remap(image, image.width, image.height, [&](int x, int y) {
    return At{image.width - 1 - x, y};
  });
}

Image flip_y(const Image& image) {
  return remap(image, image.width, image.height, [&](int x, int y) {
    return At{x, image.height - 1 - y};
  });
}

Image rotate90(const Image& image) {
  return remap(image, image.height, image.width, [&](int x, int y) {
    return At{y, image.height - 1 - x};
  });
}

Image rotate180(const Image& image) {
  return remap(image, image.width, image.height, [&](int x, int y) {
    return At{image.width - 1 - x, image.height - 1 - y};
  });
}

Image rotate270(const Image& image) {
  return remap(image, image.height, image.width, [&](int x, int y) {
    return At{image.width - 1 - y, x};
  });
}

Image apply_orientation(Image image, int orientation) {
  switch (orientation) { // Exif 2.32, tag 0x0112
  case 2: return flip_x(image);
  case 3: return rotate180(image);
  case 4: return flip_y(image);
  case 5: return flip_x(rotate90(image));
  case 6: return rotate90(image);
  case 7: return flip_x(rotate270(image));
  case 8: return rotate270(image);
  default: return image;
  }
}

Image to_rgb(Image image) {
  if (image.channels == 3)
    return image;
  Image result(image.width, image.height, 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i)
    std::fill_n(result.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, image.pixels[i]);
  return result;
}

Image to_grey(Image image) {
  if (image.channels == 1)
    return image;
  Image result(image.width, image.height, 1);
  const std::uint8_t* in = image.pixels.data();
  for (std::uint8_t& out : result.pixels) {
    out = static_cast<std::uint8_t>((4899 * in[0] + 9617 * in[1] + 1868 * in[2] + 8192) >> 14);
    in += 3;
  }
  return result;
}

} // namespace mlopsctl::imaging
