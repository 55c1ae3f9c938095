// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_region.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

namespace mlopsctl::formats {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr const char* k_labels_keys[] = {"rectanglelabels", "labels",         "polygonlabels",
                                         "ellipselabels",   "keypointlabels", "brushlabels",
                                         "bitmasklabels",   "vectorlabels"};
constexpr const char* k_geometry_keys[] = {"x",
                                           "y",
                                           "width",
                                           "height",
                                           "rotation",
                                           "points",
                                           "closed",
                                           "radiusX",
                                           "radiusY",
                                           "format",
                                           "rle",
                                           "vertices",
                                           "original_width",
                                           "original_height",
                                           "imageDataURL",
                                           "coordstype",
                                           "image_rotation"};

/// Percent lose the last bits: 12.25 px of 48 come back as 12.249999999999998.
constexpr double k_noise_px = 1e-9;
constexpr double k_per_px = 1e6;

double pixels(double percent, int side) {
  const double value = percent * side / 100;
  const double clean = std::round(value * k_per_px) / k_per_px;
  return std::abs(value - clean) < k_noise_px ? clean : value;
}

bool get(const object& value, const char* key, double& number) {
  return value[key].get(number) == simdjson::SUCCESS && std::isfinite(number);
}

bool has(const object& value, const char* key) {
  element ignored;
  return value[key].get(ignored) == simdjson::SUCCESS;
}

/// The box around points that come one at a time.
struct Envelope {
  double left = INFINITY;
  double top = INFINITY;
  double right = -INFINITY;
  double bottom = -INFINITY;

  void add(double x, double y) {
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  dataset::Box box() const { return {left, top, right - left, bottom - top}; }
};

/// x, y is where the top left corner IS: the rectangle is turned clockwise about it, in pixels
/// (percent of the two sides are of different length).
StudioRegion read_rectangle(const object& value, int width, int height) {
  double x = 0;
  double y = 0;
  double w = 0;
  double h = 0;
  if (!get(value, "x", x) || !get(value, "y", y) || !get(value, "width", w) ||
      !get(value, "height", h))
    return {StudioShape::box, {}, true};
  const double left = pixels(x, width);
  const double top = pixels(y, height);
  double degrees = 0;
  if (get(value, "rotation", degrees))
    degrees = std::fmod(degrees, 360);
  if (degrees == 0)
    return {StudioShape::box, {left, top, pixels(w, width), pixels(h, height)}, false};
  const double angle = degrees * std::numbers::pi / 180;
  const double across = w * width / 100;
  const double down = h * height / 100;
  Envelope envelope;
  for (const double dx : {0.0, across})
    for (const double dy : {0.0, down})
      envelope.add(left + dx * std::cos(angle) - dy * std::sin(angle),
                   top + dx * std::sin(angle) + dy * std::cos(angle));
  return {StudioShape::rotated, envelope.box(), false};
}

StudioRegion read_ellipse(const object& value, int width, int height) {
  double x = 0;
  double y = 0;
  double across = 0;
  double down = 0;
  if (!get(value, "x", x) || !get(value, "y", y) || !get(value, "radiusX", across) ||
      !get(value, "radiusY", down))
    return {StudioShape::ellipse, {}, true};
  double degrees = 0;
  get(value, "rotation", degrees);
  const double angle = degrees * std::numbers::pi / 180;
  const double a = across * width / 100;
  const double b = down * height / 100;
  const double half_width = std::hypot(a * std::cos(angle), b * std::sin(angle));
  const double half_height = std::hypot(a * std::sin(angle), b * std::cos(angle));
  const double centre_x = x * width / 100;
  const double centre_y = y * height / 100;
  return {StudioShape::ellipse,
          {centre_x - half_width, centre_y - half_height, 2 * half_width, 2 * half_height},
          false};
}

StudioRegion read_polygon(const array& points, int width, int height) {
  Envelope envelope;
  std::size_t count = 0;
  for (const auto item : points) {
    array point;
    double x = 0;
    double y = 0;
    if (item.get(point) != simdjson::SUCCESS || point.at(0).get(x) != simdjson::SUCCESS ||
        point.at(1).get(y) != simdjson::SUCCESS)
      return {StudioShape::polygon, {}, true};
    envelope.add(pixels(x, width), pixels(y, height));
    ++count;
  }
  return {StudioShape::polygon, envelope.box(), count < 2};
}

template <std::size_t N> bool contains(const char* const (&keys)[N], std::string_view key) {
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

} // namespace

StudioRegion read_studio_region(const object& value, int width, int height) {
  array points;
  if (value["points"].get(points) == simdjson::SUCCESS)
    return read_polygon(points, width, height);
  if (has(value, "radiusX") || has(value, "radiusY"))
    return read_ellipse(value, width, height);
  if (has(value, "rle") || has(value, "imageDataURL") || has(value, "vertices"))
    return {StudioShape::no_box, {}, false};
  if (!has(value, "x") && !has(value, "y"))
    return {};
  if (has(value, "keypointlabels") || // a key point has a width too, the size of its dot
      (!has(value, "height") && !has(value, "rectanglelabels")))
    return {StudioShape::no_box, {}, false};
  return read_rectangle(value, width, height);
}

std::optional<array> studio_labels(const object& value) {
  for (const char* key : k_labels_keys) {
    array labels;
    if (value[key].get(labels) == simdjson::SUCCESS)
      return labels;
  }
  return std::nullopt;
}

bool is_studio_geometry_key(std::string_view key) {
  return contains(k_geometry_keys, key);
}

bool is_studio_labels_key(std::string_view key) {
  return contains(k_labels_keys, key);
}

} // namespace mlopsctl::formats
