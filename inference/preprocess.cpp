// SPDX-License-Identifier: Apache-2.0
#include "inference/preprocess.hpp"

#include "core/error.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mlopsctl::inference {
namespace {

constexpr std::size_t k_levels = 256;

imaging::Interpolation interpolation(const package::InputSpec& spec) {
  return spec.interpolation == package::Interpolation::area ? imaging::Interpolation::area
                                                            : imaging::Interpolation::linear;
}

Mapping stretch_mapping(const imaging::Image& image, int width, int height) {
  Mapping mapping;
  mapping.picture_per_input_x = static_cast<double>(image.width) / width;
  mapping.picture_per_input_y = static_cast<double>(image.height) / height;
  mapping.picture_width = image.width;
  mapping.picture_height = image.height;
  return mapping;
}

std::pair<imaging::Image, Mapping> letterboxed(const imaging::Image& image,
                                               const package::InputSpec& spec) {
  const auto anchor = spec.resize == package::Resize::letterbox_topleft ? imaging::Anchor::top_left
                                                                        : imaging::Anchor::center;
  const auto place =
      imaging::letterbox_placement(image.width, image.height, spec.width, spec.height, anchor);
  // By the rounded size, which is what the resize did to the pixels.
  Mapping mapping = stretch_mapping(image, place.width, place.height);
  mapping.pad_left = place.left;
  mapping.pad_top = place.top;
  return {imaging::letterbox(image, spec.width, spec.height, place,
                             static_cast<std::uint8_t>(spec.pad_value), interpolation(spec)),
          mapping};
}

/// The largest part in the middle that has the proportions of the input, scaled to it.
std::pair<imaging::Image, Mapping> cropped(const imaging::Image& image,
                                           const package::InputSpec& spec) {
  const auto part = [](int side, int other, int wanted, int wanted_other) {
    return std::clamp(
        static_cast<int>(std::lround(static_cast<double>(other) * wanted / wanted_other)), 1, side);
  };
  const int width = part(image.width, image.height, spec.width, spec.height);
  const int height = part(image.height, image.width, spec.height, spec.width);
  const int left = (image.width - width) / 2;
  const int top = (image.height - height) / 2;
  const auto middle = imaging::crop(image, left, top, width, height);
  Mapping mapping = stretch_mapping(middle, spec.width, spec.height);
  mapping.origin_left = left;
  mapping.origin_top = top;
  mapping.picture_width = image.width;
  mapping.picture_height = image.height;
  return {imaging::resize(middle, spec.width, spec.height, interpolation(spec)), mapping};
}

std::pair<imaging::Image, Mapping> fitted(const imaging::Image& image,
                                          const package::InputSpec& spec) {
  switch (spec.resize) {
  case package::Resize::stretch: break;
  case package::Resize::letterbox_center:
  case package::Resize::letterbox_topleft: return letterboxed(image, spec);
  case package::Resize::crop_center: return cropped(image, spec);
  }
  return {imaging::resize(image, spec.width, spec.height, interpolation(spec)),
          stretch_mapping(image, spec.width, spec.height)};
}

} // namespace

std::optional<dataset::Box> Mapping::to_picture(const dataset::Box& box) const {
  const auto x = [&](double input) {
    return std::clamp((input - pad_left) * picture_per_input_x + origin_left, 0.0,
                      static_cast<double>(picture_width));
  };
  const auto y = [&](double input) {
    return std::clamp((input - pad_top) * picture_per_input_y + origin_top, 0.0,
                      static_cast<double>(picture_height));
  };
  const dataset::Box mapped{x(box.left), y(box.top), x(box.right()) - x(box.left),
                            y(box.bottom()) - y(box.top)};
  if (!(mapped.width > 0 && mapped.height > 0))
    return std::nullopt;
  return mapped;
}

Preprocessor::Preprocessor(const package::InputSpec& spec) : spec_(spec) {
  for (std::size_t plane = 0; plane < static_cast<std::size_t>(channels()); ++plane)
    for (std::size_t level = 0; level < k_levels; ++level)
      lookup_.push_back(static_cast<float>(
          (static_cast<double>(level) * spec.scale - spec.mean[plane]) / spec.std[plane]));
}

int Preprocessor::channels() const {
  return spec_.color == package::ColorOrder::grey ? 1 : 3;
}

Mapping Preprocessor::run(const imaging::Image& image, std::vector<float>& tensor) {
  if (image.empty())
    throw Error(Fault::internal, "preprocess: the picture is empty");
  const bool is_grey = channels() == 1;
  // Grey before scaling, as a picture that was read as grey would be; colour after it is cheaper.
  auto [small, mapping] = is_grey && image.channels == 3 ? fitted(imaging::to_grey(image), spec_)
                                                         : fitted(image, spec_);
  const auto area = static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height);
  const auto planes = static_cast<std::size_t>(channels());
  const auto step = static_cast<std::size_t>(small.channels);
  tensor.resize(planes * area);
  for (std::size_t plane = 0; plane < planes; ++plane) {
    const bool is_swapped = spec_.color == package::ColorOrder::bgr;
    const std::size_t channel = step == 1 ? 0 : is_swapped ? 2 - plane : plane;
    const std::uint8_t* from = small.pixels.data() + channel;
    const float* values = lookup_.data() + plane * k_levels;
    float* to = tensor.data() + plane * area;
    for (std::size_t i = 0; i < area; ++i)
      to[i] = values[from[i * step]];
  }
  return mapping;
}

} // namespace mlopsctl::inference
