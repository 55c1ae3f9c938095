// SPDX-License-Identifier: Apache-2.0
// Boxes with names on a picture, for people to look at.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mlopsctl::imaging {

struct DrawnBox {
  dataset::Box box; ///< px; what lies outside the picture is cut off
  std::string label;
  std::optional<double> score; ///< 0..1, written with two decimals behind the label
  int class_id = 0;            ///< decides the colour
};

/// R, G, B for a class id: far apart for neighbouring ids, the same in every run.
std::array<std::uint8_t, 3> class_colour(int class_id);

/// Draws in the order given, so the last is on top. A grey picture becomes RGB. Lines and letters
/// grow with the picture. The letters are ASCII: others are shown as '?'.
void draw_boxes(Image& image, std::span<const DrawnBox> boxes);

/// Small light letters straight on the picture, cut to \p width_px. ASCII, others as '?'.
void draw_line_of_text(Image& image, const std::string& text, int left, int top, int width_px);

/// One line of text on a dark bar at the top left.
void draw_caption(Image& image, const std::string& text);

} // namespace mlopsctl::imaging
