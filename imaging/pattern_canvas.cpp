// SPDX-License-Identifier: Apache-2.0
#include "imaging/pattern_canvas.hpp"

#include <cmath>
#include <cstddef>

namespace mlopsctl::imaging::pattern_detail {
namespace {

constexpr int k_rows = 4;     // lines sampled in a pixel's height
constexpr int k_columns = 16; // steps of coverage in a pixel's width
constexpr int k_full = k_rows * k_columns;
constexpr int k_painted = k_full / 8; // less coverage is not painted (see PatternShape)

/// A point of the unit circle, 1/2^14, without trigonometry: the rational parametrisation of each
/// quarter. It does not turn evenly, but is exact. \param turn 0..2^14-1, a full turn is 2^14.
struct Direction {
  std::int64_t cosine, sine;
};
Direction direction(std::int64_t turn) {
  const std::int64_t one = 1 << 12, u = turn & (one - 1);
  const std::int64_t norm = one * one + u * u;
  const std::int64_t c = ((one * one - u * u) << 14) / norm, s = ((2 * u * one) << 14) / norm;
  switch ((turn >> 12) & 3) {
  case 0: return {c, s};
  case 1: return {-s, c};
  case 2: return {-c, -s};
  default: return {s, -c};
  }
}

int pixel_floor(std::int64_t units) {
  return static_cast<int>(units >> 8);
}

/// Adds to cover how much of each pixel of one line the span covers. cover[0] is the pixel first_x.
void add_span(const Span& span, int first_x, std::vector<int>& cover) {
  const std::int64_t origin = static_cast<std::int64_t>(first_x) * k_columns;
  const std::int64_t step = k_unit / k_columns;
  const std::int64_t begin = (span.begin + step / 2) / step - origin;
  const std::int64_t end = (span.end + step / 2) / step - origin;
  for (std::int64_t x = begin; x < end;) {
    const std::int64_t next = std::min(end, (x / k_columns + 1) * k_columns);
    cover[static_cast<std::size_t>(x / k_columns)] += static_cast<int>(next - x);
    x = next;
  }
}

/// Calls visit(y, first_x, cover) for every line of pixels the outline can touch, inside the image
/// or not; cover holds 0..k_full a pixel.
template <typename Visit> void scan(const Outline& outline, Visit visit) {
  const int first_x = pixel_floor(outline.left()) - 1;
  const int last_x = pixel_floor(outline.right()) + 1;
  std::vector<int> cover(static_cast<std::size_t>(last_x - first_x + 1));
  for (int y = pixel_floor(outline.top()); y <= pixel_floor(outline.bottom()); ++y) {
    std::fill(cover.begin(), cover.end(), 0);
    for (int i = 0; i < k_rows; ++i) {
      const Span span = outline.at(y * k_unit + (2 * i + 1) * (k_unit / k_rows / 2));
      if (span.begin < span.end)
        add_span(span, first_x, cover);
    }
    visit(y, first_x, cover);
  }
}

} // namespace

Outline::Outline(int kind, Point centre, std::int64_t radius, std::int64_t turn)
    : centre_(centre), radius_(radius) {
  if (kind == k_circle)
    return;
  static constexpr std::array<Point, 4> k_square_corners{
      {{16384, 0}, {0, 16384}, {-16384, 0}, {0, -16384}}};
  static constexpr std::array<Point, 3> k_triangle_corners{
      {{0, -16384}, {14189, 8192}, {-14189, 8192}}};
  const Direction d = direction(turn);
  const auto add = [&](const Point& corner) {
    const std::int64_t x = (corner.x * d.cosine - corner.y * d.sine) >> 14;
    const std::int64_t y = (corner.x * d.sine + corner.y * d.cosine) >> 14;
    corners_[static_cast<std::size_t>(corner_count_++)] = {centre_.x + ((x * radius_) >> 14),
                                                           centre_.y + ((y * radius_) >> 14)};
  };
  if (kind == k_square)
    std::for_each(k_square_corners.begin(), k_square_corners.end(), add);
  else
    std::for_each(k_triangle_corners.begin(), k_triangle_corners.end(), add);
}

Span Outline::circle_at(std::int64_t y) const {
  const std::int64_t dy = y - centre_.y, square = radius_ * radius_ - dy * dy;
  if (square <= 0)
    return {0, 0};
  // Below 2^53 the root is correctly rounded, the same everywhere.
  const auto half = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
  return {centre_.x - half, centre_.x + half};
}

Span Outline::polygon_at(std::int64_t y) const {
  Span span{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (int i = 0; i < corner_count_; ++i) {
    Point a = corners_[static_cast<std::size_t>(i)];
    Point b = corners_[static_cast<std::size_t>((i + 1) % corner_count_)];
    if (a.y > b.y)
      std::swap(a, b);
    if (y < a.y || y >= b.y)
      continue;
    const std::int64_t x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
    span = {std::min(span.begin, x), std::max(span.end, x)};
  }
  return span;
}

void Canvas::Drawn::include(int x, int y) {
  left = std::min(left, x);
  top = std::min(top, y);
  right = std::max(right, x + 1);
  bottom = std::max(bottom, y + 1);
}

PatternShape Canvas::Drawn::label() const {
  return {kind, static_cast<double>(left), static_cast<double>(top),
          static_cast<double>(right - left), static_cast<double>(bottom - top)};
}

Canvas::Canvas(Image& image)
    : image_(image),
      owner_(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height)) {}

void Canvas::draw(const Outline& outline, int kind, const std::array<int, 3>& colour, int shade) {
  drawn_.push_back({});
  drawn_.back().kind = kind;
  const std::int64_t middle = (outline.top() + outline.bottom()) / 2;
  const std::int64_t half = std::max<std::int64_t>((outline.bottom() - outline.top()) / 2, 1);
  scan(outline, [&](int y, int first_x, const std::vector<int>& cover) {
    drawn_.back().area +=
        std::count_if(cover.begin(), cover.end(), [](int c) { return 2 * c >= k_full; });
    if (y < 0 || y >= image_.height)
      return;
    const auto change =
        std::clamp<std::int64_t>((y * k_unit - middle) * shade / half, -k_shade, k_shade);
    std::array<int, 3> fill{};
    for (std::size_t c = 0; c < 3; ++c)
      fill[c] = std::clamp(colour[c] + static_cast<int>(change), 0, 255);
    draw_line(y, first_x, cover, fill);
  });
}

std::vector<PatternShape> Canvas::labels() const {
  std::vector<PatternShape> result;
  for (const Drawn& shape : drawn_)
    if (shape.is_labelled())
      result.push_back(shape.label());
  return result;
}

void Canvas::draw_line(int y, int first_x, const std::vector<int>& cover,
                       const std::array<int, 3>& fill) {
  const int begin = std::max(0, first_x);
  const int end = std::min(image_.width, first_x + static_cast<int>(cover.size()));
  std::uint8_t* pixel = image_.row(y) + static_cast<std::size_t>(begin) * 3;
  for (int x = begin; x < end; ++x, pixel += 3) {
    const int c = cover[static_cast<std::size_t>(x - first_x)];
    if (c < k_painted)
      continue;
    for (std::size_t i = 0; i < 3; ++i)
      pixel[i] = to_byte((pixel[i] * (k_full - c) + fill[i] * c + k_full / 2) / k_full);
    drawn_.back().include(x, y);
    if (2 * c >= k_full)
      take(x, y);
  }
}

void Canvas::take(int x, int y) {
  std::uint8_t& owner =
      owner_[static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
             static_cast<std::size_t>(x)];
  if (owner != 0)
    --drawn_[owner - 1U].visible;
  owner = static_cast<std::uint8_t>(drawn_.size());
  ++drawn_.back().visible;
}

} // namespace mlopsctl::imaging::pattern_detail
