// SPDX-License-Identifier: Apache-2.0
// Shapes of patterns: their outlines, and a canvas that keeps account of what stays visible. All
// geometry is in whole units of 1/256 px.
#pragma once

#include "imaging/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace mlopsctl::imaging::pattern_detail {

inline constexpr int k_circle = 0; ///< indices in pattern_kinds()
inline constexpr int k_square = 1;

inline constexpr std::int64_t k_unit = 256; ///< units in a pixel
inline constexpr int k_shade = 12;          ///< most that a shape's colour changes to its edges

inline std::uint8_t to_byte(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

struct Point {
  std::int64_t x, y;
};

/// What a horizontal line cuts out of a shape; empty if end <= begin.
struct Span {
  std::int64_t begin, end;
};

/// The outline of a shape: a circle or a convex polygon.
class Outline {
public:
  /// \param radius of the circle around it. \param turn 0..2^14-1, a full turn is 2^14.
  Outline(int kind, Point centre, std::int64_t radius, std::int64_t turn);

  std::int64_t left() const { return centre_.x - radius_ - 1; }
  std::int64_t right() const { return centre_.x + radius_ + 1; }
  std::int64_t top() const { return centre_.y - radius_ - 1; }
  std::int64_t bottom() const { return centre_.y + radius_ + 1; }

  Span at(std::int64_t y) const { return corner_count_ == 0 ? circle_at(y) : polygon_at(y); }

private:
  Span circle_at(std::int64_t y) const;
  Span polygon_at(std::int64_t y) const;

  Point centre_;
  std::int64_t radius_;
  std::array<Point, 4> corners_{};
  int corner_count_ = 0;
};

/// Draws shapes one over the other.
class Canvas {
public:
  /// \param image RGB; drawn into.
  explicit Canvas(Image& image);

  /// \param shade added to the colour towards the lower edge, taken away towards the upper one.
  void draw(const Outline& outline, int kind, const std::array<int, 3>& colour, int shade);
  /// Of the shapes that are visible enough (see Pattern), rearmost first.
  std::vector<PatternShape> labels() const;

private:
  /// Extent and area of one shape while the frame is drawn, in pixels.
  struct Drawn {
    int kind = 0;
    int left = std::numeric_limits<int>::max(), top = std::numeric_limits<int>::max();
    int right = 0, bottom = 0; // half-open
    std::int64_t area = 0,
                 visible = 0; // pixels at least half covered: all of them, and those to be seen

    void include(int x, int y);
    bool is_labelled() const { return right > left && visible > 0 && visible * 4 >= area; }
    PatternShape label() const;
  };

  void draw_line(int y, int first_x, const std::vector<int>& cover, const std::array<int, 3>& fill);
  void take(int x, int y);

  Image& image_;
  std::vector<std::uint8_t> owner_; // 1 + index in drawn_; 0: background
  std::vector<Drawn> drawn_;
};

} // namespace mlopsctl::imaging::pattern_detail
