// SPDX-License-Identifier: Apache-2.0
// Regions of Label Studio: percent of the image in, boxes in pixels out. Only label_studio_*.cpp
// include this: it speaks simdjson.
#pragma once

#include "dataset/sample.hpp"

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace mlopsctl::formats {

enum class StudioShape {
  none,    ///< no geometry: a choice, a text, a rating
  box,     ///< a rectangle that is not rotated
  rotated, ///< a rectangle, turned: its enclosing box
  polygon, ///< enclosing box
  ellipse, ///< enclosing box
  no_box,  ///< brush strokes, key points: where they are makes no box
};

struct StudioRegion {
  StudioShape shape = StudioShape::none;
  dataset::Box box;    ///< px, for the shapes that have one
  bool is_bad = false; ///< a number is missing
};

/// \param value of a result. \param width, \p height of the image, px.
StudioRegion read_studio_region(const simdjson::dom::object& value, int width, int height);

/// Class names of a region or "labels" result; nothing if the value has no such list.
std::optional<simdjson::dom::array> studio_labels(const simdjson::dom::object& value);

bool is_studio_geometry_key(std::string_view key);
bool is_studio_labels_key(std::string_view key);

} // namespace mlopsctl::formats
