// SPDX-License-Identifier: Apache-2.0
// The scene of `pattern:shapes`: its background, what moves in it and how. All geometry is in whole
// units of 1/256 px, all time in whole microseconds.
#include "imaging/pattern.hpp"

#include "imaging/pattern_canvas.hpp"
#include "imaging/pattern_random.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

namespace mlopsctl::imaging {
namespace {

using pattern_detail::Canvas;
using pattern_detail::hash;
using pattern_detail::k_shade;
using pattern_detail::k_unit;
using pattern_detail::mix;
using pattern_detail::Outline;
using pattern_detail::Point;
using pattern_detail::Random;
using pattern_detail::to_byte;

constexpr std::array<std::string_view, 3> k_kinds{"circle", "square", "triangle"};

// The background stays within this many levels of its middle colour, and one channel of every
// shape's colour stays k_contrast further out: each painted pixel then differs from the background,
// however it is mixed.
constexpr int k_gradient = 28, k_texture = 24, k_grain = 8;
constexpr int k_reach = k_gradient + k_texture + k_grain;
constexpr int k_contrast = 48;

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
  std::int64_t turn = 0;   // see Outline
};

Pattern::Pattern(const PatternOptions& options)
    : options_(options), plan_(options.planted, options.seed) {
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

std::int64_t Pattern::time_us(std::int64_t index) const {
  return std::llround(static_cast<double>(index) * 1e6 / options_.fps);
}

PatternFrame Pattern::frame(std::int64_t index) const {
  if (index < 0 || index >= frame_count_)
    throw std::out_of_range("pattern: frame " + std::to_string(index) + " is outside 0 to " +
                            std::to_string(frame_count_ - 1));
  const std::int64_t film_us = plan_.film_us(time_us(index));
  PatternFrame result{background_, {}};
  Canvas canvas(result.image);
  for (int i = 0; i < std::min(slot_count_, options_.max_shapes); ++i) {
    Body body;
    if (!place(i, film_us, body))
      continue;
    const Slot& slot = slots_[static_cast<std::size_t>(i)];
    canvas.draw(Outline(body.kind, body.centre, body.radius, body.turn), body.kind, slot.colour,
                slot.shade);
  }
  result.shapes = canvas.labels();
  plan_.blur(result.image, time_us(index)); // the lens comes before the sensor
  add_noise(result.image, index);
  return result;
}

} // namespace mlopsctl::imaging
