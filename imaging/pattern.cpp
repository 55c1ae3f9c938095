// SPDX-License-Identifier: Apache-2.0
// The picture source `pattern:shapes`. All geometry is in whole units of 1/256 px, all time in
// whole microseconds.
#include "imaging/pattern.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

namespace mlopsctl::imaging {
namespace {

constexpr std::array<std::string_view, 3> k_kinds{"circle", "square", "triangle"};
constexpr int k_circle = 0;
constexpr int k_square = 1;

constexpr std::int64_t k_unit = 256; // units in a pixel
constexpr int k_rows = 4;            // lines sampled in a pixel's height
constexpr int k_columns = 16;        // steps of coverage in a pixel's width
constexpr int k_full = k_rows * k_columns;
constexpr int k_painted = k_full / 8; // less coverage is not painted (see PatternShape)

// The background stays within this many levels of its middle colour, and one channel of every
// shape's colour stays k_contrast further out: each painted pixel then differs from the background,
// however it is mixed.
constexpr int k_gradient = 28, k_texture = 24, k_grain = 8;
constexpr int k_reach = k_gradient + k_texture + k_grain;
constexpr int k_contrast = 48, k_shade = 12;

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// splitmix64: its numbers are fixed by its few lines, those of <random>'s distributions are not.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15U); }
  /// Uniform in low..high, both included; high - low < 2^31.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto count = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<std::int64_t>(((next() >> 32) * count) >> 32);
  }
  int level(int low, int high) { return static_cast<int>(between(low, high)); }

private:
  std::uint64_t state_;
};

std::uint64_t hash(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  return mix(mix(seed + a * 0x9e3779b97f4a7c15U) + b * 0xd1b54a32d192ed03U);
}

std::uint8_t to_byte(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

/// Adds a row of smooth noise, -amplitude..amplitude, with one free value every cell pixels.
void add_smooth_noise(std::uint64_t seed, int y, int cell, int amplitude, std::vector<int>& row) {
  const auto node = [&](int column, int line) {
    const auto value =
        hash(seed, static_cast<std::uint64_t>(column), static_cast<std::uint64_t>(line)) & 255U;
    return static_cast<int>(value) - 128;
  };
  const int line = y / cell, below = y % cell;
  const auto edge = [&](int column) {
    return (node(column, line) * (cell - below) + node(column, line + 1) * below) / cell;
  };
  const int width = static_cast<int>(row.size());
  for (int start = 0; start < width; start += cell) {
    const int from = edge(start / cell), to = edge(start / cell + 1);
    for (int x = start; x < std::min(start + cell, width); ++x)
      row[static_cast<std::size_t>(x)] +=
          (from * (cell - (x - start)) + to * (x - start)) * amplitude / (cell * 128);
  }
}

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

struct Span {
  std::int64_t begin, end; // units; empty if end <= begin
};

struct Point {
  std::int64_t x, y;
};

/// The outline of a shape: a circle or a convex polygon.
class Outline {
public:
  Outline(int kind, Point centre, std::int64_t radius, std::int64_t turn)
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

  std::int64_t left() const { return centre_.x - radius_ - 1; }
  std::int64_t right() const { return centre_.x + radius_ + 1; }
  std::int64_t top() const { return centre_.y - radius_ - 1; }
  std::int64_t bottom() const { return centre_.y + radius_ + 1; }

  /// What the horizontal line at y cuts out of the shape.
  Span at(std::int64_t y) const { return corner_count_ == 0 ? circle_at(y) : polygon_at(y); }

private:
  Span circle_at(std::int64_t y) const {
    const std::int64_t dy = y - centre_.y, square = radius_ * radius_ - dy * dy;
    if (square <= 0)
      return {0, 0};
    // Below 2^53 the root is correctly rounded, the same everywhere.
    const auto half = static_cast<std::int64_t>(std::sqrt(static_cast<double>(square)));
    return {centre_.x - half, centre_.x + half};
  }
  Span polygon_at(std::int64_t y) const {
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

  Point centre_;
  std::int64_t radius_;
  std::array<Point, 4> corners_{};
  int corner_count_ = 0;
};

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

/// Extent and area of one shape while the frame is drawn, in pixels.
struct Drawn {
  int kind = 0;
  int left = std::numeric_limits<int>::max(), top = std::numeric_limits<int>::max();
  int right = 0, bottom = 0; // half-open
  std::int64_t area = 0,
               visible = 0; // pixels at least half covered: all of them, and those to be seen

  void include(int x, int y) {
    left = std::min(left, x);
    top = std::min(top, y);
    right = std::max(right, x + 1);
    bottom = std::max(bottom, y + 1);
  }
  bool labelled() const { return right > left && visible > 0 && visible * 4 >= area; }
  PatternShape label() const {
    return {kind, static_cast<double>(left), static_cast<double>(top),
            static_cast<double>(right - left), static_cast<double>(bottom - top)};
  }
};

/// Draws shapes one over the other and keeps account of what stays visible.
class Canvas {
public:
  explicit Canvas(Image& image)
      : image_(image),
        owner_(static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height)) {}

  void draw(const Outline& outline, int kind, const std::array<int, 3>& colour, int shade) {
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

  std::vector<PatternShape> labels() const {
    std::vector<PatternShape> result;
    for (const Drawn& shape : drawn_)
      if (shape.labelled())
        result.push_back(shape.label());
    return result;
  }

private:
  void draw_line(int y, int first_x, const std::vector<int>& cover,
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
  void take(int x, int y) {
    std::uint8_t& owner =
        owner_[static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
               static_cast<std::size_t>(x)];
    if (owner != 0)
      --drawn_[owner - 1U].visible;
    owner = static_cast<std::uint8_t>(drawn_.size());
    ++drawn_.back().visible;
  }

  Image& image_;
  std::vector<std::uint8_t> owner_; // 1 + index in drawn_; 0: background
  std::vector<Drawn> drawn_;
};

void check(const PatternOptions& o) {
  const auto refuse = [](const std::string& what) {
    throw std::invalid_argument("pattern: " + what);
  };
  if (o.width < 16 || o.width > 8192 || o.height < 16 || o.height > 8192)
    refuse("size " + std::to_string(o.width) + "x" + std::to_string(o.height) +
           " is outside 16x16 to 8192x8192");
  if (!std::isfinite(o.fps) || o.fps <= 0 || o.fps > 1e6)
    refuse("fps " + std::to_string(o.fps) + " is not above 0 and at most 1000000");
  if (!std::isfinite(o.seconds) || o.seconds <= 0 || o.seconds > 1e9)
    refuse("seconds " + std::to_string(o.seconds) + " is not above 0 and at most 1000000000");
  if (o.max_shapes < 0 || o.max_shapes > 5)
    refuse("max_shapes " + std::to_string(o.max_shapes) + " is outside 0 to 5");
}

/// Where a point that goes to and fro between 0 and length is.
std::int64_t to_and_fro(std::int64_t time_us, std::int64_t units_per_s, std::int64_t length) {
  const std::int64_t period_us = std::max<std::int64_t>(2 * length * 1000000 / units_per_s, 1);
  const std::int64_t way = 2 * length * (time_us % period_us) / period_us;
  return way <= length ? way : 2 * length - way;
}

/// Squared distance of two colours.
int distance(const std::array<int, 3>& a, const std::array<int, 3>& b) {
  int sum = 0;
  for (std::size_t c = 0; c < 3; ++c)
    sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

/// A colour one channel of which no background around middle can have.
std::array<int, 3> far_colour(Random& random, const std::array<int, 3>& middle) {
  constexpr int k_away = k_reach + k_contrast;
  std::array<int, 3> colour{random.level(0, 255), random.level(0, 255), random.level(0, 255)};
  const auto key = static_cast<std::size_t>(random.between(0, 2));
  const bool can_rise = middle[key] + k_away <= 255, can_fall = middle[key] - k_away >= 0;
  const bool rise = can_rise && (!can_fall || random.between(0, 1) == 1);
  colour[key] =
      rise ? random.level(middle[key] + k_away, 255) : random.level(0, middle[key] - k_away);
  return colour;
}

} // namespace

std::span<const std::string_view> pattern_kinds() {
  return k_kinds;
}

/// A shape at one moment.
struct Pattern::Body {
  int kind = 0;
  Point centre{};
  std::int64_t radius = 0; // of the circle around it, units
  std::int64_t turn = 0;   // see direction()
};

Pattern::Pattern(const PatternOptions& options) : options_(options) {
  check(options);
  frame_count_ = std::max<std::int64_t>(std::llround(options.fps * options.seconds), 1);
  Random random(mix(options.seed ^ 0x7061747465726e31U));
  // At either end of 70..185 one side still has room for k_reach + k_contrast.
  const Rgb middle{random.level(70, 185), random.level(70, 185), random.level(70, 185)};
  slot_count_ = random.level(3, k_slots);
  kind_offset_ = random.level(0, 2);
  noise_ = random.level(0, 3);
  make_slots(middle);
  paint_background(middle);
}

void Pattern::make_slots(const Rgb& middle) {
  Random random(mix(options_.seed ^ 0x7061747465726e32U));
  for (int i = 0; i < k_slots; ++i) {
    Slot& slot = slots_[static_cast<std::size_t>(i)];
    // Of some candidates the colour least like those of the other slots.
    int best = -1;
    for (int candidate = 0; candidate < 8; ++candidate) {
      const Rgb colour = far_colour(random, middle);
      int nearest = std::numeric_limits<int>::max();
      for (int j = 0; j < i; ++j)
        nearest = std::min(nearest, distance(colour, slots_[static_cast<std::size_t>(j)].colour));
      if (nearest > best)
        slot.colour = colour;
      best = std::max(best, nearest);
    }
    slot.shade = random.level(-k_shade, k_shade);
    // The nearest shape stays inside and nothing hides it: every frame has a label.
    slot.bounces = random.between(0, 4) < 2 || i == slot_count_ - 1;
    slot.seed = random.next();
    slot.phase_us = random.between(0, 20000000);
    slot.spin_us = random.between(2000000, 10000000);
    slot.anticlockwise = random.between(0, 1) == 1;
    slot.cross_us = random.between(3000000, 8000000);
    slot.speed_x = random.between(80, 450);
    slot.speed_y = random.between(80, 450);
    slot.phase_x_us = random.between(0, 20000000);
    slot.phase_y_us = random.between(0, 20000000);
  }
}

void Pattern::paint_background(const Rgb& middle) {
  Random random(mix(options_.seed ^ 0x7061747465726e33U));
  const int width = options_.width, height = options_.height, side = std::min(width, height);
  std::array<std::array<int, 4>, 3> corner{};
  Rgb weight{}; // of the texture in each channel, percent
  for (std::size_t c = 0; c < 3; ++c) {
    for (int& value : corner[c])
      value = middle[c] + random.level(-k_gradient, k_gradient);
    weight[c] = random.level(-100, 100);
  }
  const int coarse = std::max(2, side / random.level(4, 12)),
            fine = std::max(2, side / random.level(20, 80));
  const int stripes = random.level(0, 2) == 0 ? k_texture / 2 : 0; // a third of the scenes
  const int stripe = std::max(4, side / random.level(6, 40));
  const int slope_x = random.level(-4, 4), slope_y = random.level(1, 4);
  const int amplitude = random.level(k_texture / 4, k_texture / 2),
            grain = random.level(0, k_grain);
  const std::uint64_t coarse_seed = random.next(), fine_seed = random.next(),
                      grain_seed = random.next();

  background_ = Image(width, height, 3);
  std::vector<int> texture(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(texture.begin(), texture.end(), 0);
    add_smooth_noise(coarse_seed, y, coarse, stripes > 0 ? 0 : k_texture / 2, texture);
    add_smooth_noise(fine_seed, y, fine, amplitude, texture);
    Random grains(hash(grain_seed, static_cast<std::uint64_t>(y), 0));
    std::uint8_t* pixel = background_.row(y);
    for (int x = 0; x < width; ++x, pixel += 3) {
      const int along = (x * slope_x + y * slope_y) % (4 * stripe);
      const int value = texture[static_cast<std::size_t>(x)] +
                        ((along + 4 * stripe) % (4 * stripe) < 2 * stripe ? stripes : -stripes);
      const int speck = grains.level(-grain, grain);
      for (std::size_t c = 0; c < 3; ++c) {
        const int upper = corner[c][0] * (width - x) + corner[c][1] * x;
        const int lower = corner[c][2] * (width - x) + corner[c][3] * x;
        const auto blend = (std::int64_t{upper} * (height - y) + std::int64_t{lower} * y) /
                           (std::int64_t{width} * height);
        pixel[c] = to_byte(static_cast<int>(blend) + value * weight[c] / 100 + speck);
      }
    }
  }
}

/// The first crossing that is seen at all: the one under way at time 0, or the next.
std::uint64_t Pattern::first_generation(const Slot& slot) {
  const std::int64_t cycle_us = slot.cross_us + slot.cross_us / 2;
  const bool pauses = slot.phase_us % cycle_us >= slot.cross_us;
  return static_cast<std::uint64_t>(slot.phase_us / cycle_us) + (pauses ? 1U : 0U);
}

Pattern::Body Pattern::body_of(int slot_index, std::uint64_t generation,
                               std::int64_t time_us) const {
  const Slot& slot = slots_[static_cast<std::size_t>(slot_index)];
  Random random(hash(slot.seed, generation, 1));
  Body body;
  // What comes first in slots 0, 1 and 2 are three different kinds: within ten seconds nearly
  // every scene has shown all of them.
  const std::uint64_t before = slot.bounces ? 0 : first_generation(slot);
  const auto base = static_cast<std::uint64_t>(kind_offset_ + slot_index);
  body.kind = static_cast<int>((base + generation - before) % 3);
  // Widths of 1/14 to 1/3.3 of the shorter side; the corners' circle is larger so that areas are
  // alike.
  static constexpr std::array<std::int64_t, 3> k_scale{100, 120, 125};
  const std::int64_t side = std::min(options_.width, options_.height) * k_unit;
  const std::int64_t width = random.between(side * 10 / 140, side * 10 / 33);
  body.radius = width * k_scale[static_cast<std::size_t>(body.kind)] / 200;
  body.turn = ((time_us + slot.phase_us) % slot.spin_us << 14) / slot.spin_us;
  if (slot.anticlockwise)
    body.turn = (1 << 14) - 1 - body.turn;
  return body;
}

/// \return false while the slot has nothing in or near the image.
bool Pattern::place(int slot_index, std::int64_t time_us, Body& body) const {
  const Slot& slot = slots_[static_cast<std::size_t>(slot_index)];
  const std::int64_t width = options_.width * k_unit, height = options_.height * k_unit;
  if (slot.bounces) {
    body = body_of(slot_index, 0, time_us);
    const std::int64_t side = std::min(width, height), r = body.radius;
    body.centre.x =
        r + to_and_fro(time_us + slot.phase_x_us, side * slot.speed_x / 1000, width - 2 * r);
    body.centre.y =
        r + to_and_fro(time_us + slot.phase_y_us, side * slot.speed_y / 1000, height - 2 * r);
    return true;
  }
  const std::int64_t cycle_us = slot.cross_us + slot.cross_us / 2;
  const auto generation = static_cast<std::uint64_t>((time_us + slot.phase_us) / cycle_us);
  std::int64_t since_us = (time_us + slot.phase_us) % cycle_us;
  if (since_us >= slot.cross_us)
    return false;
  body = body_of(slot_index, generation, time_us);
  Random random(hash(slot.seed, generation, 2));
  const bool sideways = random.between(0, 1) == 1;
  if (random.between(0, 1) == 1)
    since_us = slot.cross_us - since_us;
  const std::int64_t length = sideways ? width : height, across = sideways ? height : width;
  const std::int64_t from = random.between(0, across), to = random.between(0, across);
  const std::int64_t way = (length + 2 * body.radius) * since_us / slot.cross_us - body.radius;
  const std::int64_t aside = from + (to - from) * since_us / slot.cross_us;
  body.centre = sideways ? Point{way, aside} : Point{aside, way};
  return true;
}

void Pattern::add_noise(Image& image, std::int64_t index) const {
  if (noise_ == 0)
    return;
  const int steps = 2 * noise_ + 1;
  Random random(hash(options_.seed, static_cast<std::uint64_t>(index), 3));
  const std::size_t size = image.pixels.size();
  for (std::size_t start = 0; start < size; start += 8) {
    std::uint64_t bits = random.next();
    for (std::size_t i = start; i < std::min(start + 8, size); ++i, bits >>= 8)
      image.pixels[i] =
          to_byte(image.pixels[i] + ((static_cast<int>(bits & 255U) * steps) >> 8) - noise_);
  }
}

PatternFrame Pattern::frame(std::int64_t index) const {
  if (index < 0 || index >= frame_count_)
    throw std::out_of_range("pattern: frame " + std::to_string(index) + " is outside 0 to " +
                            std::to_string(frame_count_ - 1));
  const std::int64_t time_us = std::llround(static_cast<double>(index) * 1e6 / options_.fps);
  PatternFrame result{background_, {}};
  Canvas canvas(result.image);
  for (int i = 0; i < std::min(slot_count_, options_.max_shapes); ++i) {
    Body body;
    if (!place(i, time_us, body))
      continue;
    const Slot& slot = slots_[static_cast<std::size_t>(i)];
    canvas.draw(Outline(body.kind, body.centre, body.radius, body.turn), body.kind, slot.colour,
                slot.shade);
  }
  result.shapes = canvas.labels();
  add_noise(result.image, index);
  return result;
}

} // namespace mlopsctl::imaging
