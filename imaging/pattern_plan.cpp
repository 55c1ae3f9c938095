// SPDX-License-Identifier: Apache-2.0
#include "imaging/pattern_plan.hpp"

#include "imaging/pattern_random.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace mlopsctl::imaging {
namespace {

using pattern_detail::hash;

constexpr std::int64_t k_cell_us = 2'000'000;
constexpr std::int64_t k_move_us = 2'000'000; ///< of the film, from pose to pose
constexpr std::uint64_t k_blur_salt = 11, k_freeze_salt = 12, k_move_salt = 13, k_kind_salt = 14;

/// Averages 2 * radius + 1 values along a line; the ends repeat.
void average_line(std::uint8_t* line, std::ptrdiff_t step, int count, int radius,
                  std::vector<std::uint8_t>& copy) {
  copy.resize(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    copy[static_cast<std::size_t>(i)] = line[i * step];
  const auto at = [&](int i) {
    return copy[static_cast<std::size_t>(std::clamp(i, 0, count - 1))];
  };
  const int length = 2 * radius + 1;
  int sum = 0;
  for (int i = -radius; i <= radius; ++i)
    sum += at(i);
  for (int i = 0; i < count; ++i) {
    line[i * step] = static_cast<std::uint8_t>((sum + radius) / length);
    sum += at(i + radius + 1) - at(i - radius);
  }
}

void average_rows(Image& image, int radius) {
  std::vector<std::uint8_t> copy;
  for (int y = 0; y < image.height; ++y)
    for (int c = 0; c < 3; ++c)
      average_line(image.row(y) + c, 3, image.width, radius, copy);
}

void average_columns(Image& image, int radius) {
  std::vector<std::uint8_t> copy;
  for (int x = 0; x < 3 * image.width; ++x)
    average_line(image.row(0) + x, static_cast<std::ptrdiff_t>(image.stride()), image.height,
                 radius, copy);
}

} // namespace

PatternPlan::PatternPlan(const PlantedParts& parts, std::uint64_t seed)
    : parts_(parts), seed_(seed) {
  constexpr double k_most = 0.8;
  for (const double part : {parts.blur, parts.freeze, parts.transition})
    if (!(part >= 0 && part <= k_most))
      throw std::invalid_argument("pattern: planted part " + std::to_string(part) +
                                  " is outside 0 to 0.8");
  if (parts.freeze > 0 && parts.transition > 0)
    throw std::invalid_argument("pattern: freeze and transition exclude each other");
}

PatternPlan::Event PatternPlan::event(double part, std::uint64_t salt, std::int64_t time_us) const {
  Event event{time_us / k_cell_us, 0, std::llround(part * double(k_cell_us))};
  const auto chance = hash(seed_, static_cast<std::uint64_t>(event.cell), salt) >> 32;
  const auto begin_us = static_cast<std::int64_t>(
      (chance * static_cast<std::uint64_t>(k_cell_us - event.length_us)) >> 32);
  event.since_us = time_us % k_cell_us - begin_us;
  return event;
}

Planted PatternPlan::planted(std::int64_t time_us) const {
  Planted planted;
  planted.is_blurred = parts_.blur > 0 && event(parts_.blur, k_blur_salt, time_us).is_on();
  if (parts_.freeze > 0) {
    const Event freeze = event(parts_.freeze, k_freeze_salt, time_us);
    planted.standstill = freeze.is_on() ? freeze.cell : -1;
  }
  if (parts_.transition > 0) {
    const Event move = event(parts_.transition, k_move_salt, time_us);
    planted.is_transition = move.is_on();
    planted.standstill = move.is_on() ? -1 : move.cell + (move.is_over() ? 1 : 0);
  }
  return planted;
}

std::int64_t PatternPlan::film_us(std::int64_t time_us) const {
  if (parts_.transition > 0) {
    const Event move = event(parts_.transition, k_move_salt, time_us);
    const std::int64_t pose_us = move.cell * k_move_us;
    if (!move.is_on())
      return pose_us + (move.is_over() ? k_move_us : 0);
    return pose_us + k_move_us / 4 + k_move_us / 2 * move.since_us / move.length_us;
  }
  if (parts_.freeze > 0) {
    const Event freeze = event(parts_.freeze, k_freeze_salt, time_us);
    if (freeze.is_on()) // what was to be seen in the middle of it
      return time_us - freeze.since_us + freeze.length_us / 2;
  }
  return time_us;
}

void PatternPlan::blur(Image& image, std::int64_t time_us) const {
  if (parts_.blur <= 0)
    return;
  const Event blur = event(parts_.blur, k_blur_salt, time_us);
  if (!blur.is_on())
    return;
  const auto chance = hash(seed_, static_cast<std::uint64_t>(blur.cell), k_kind_salt);
  const int side = std::min(image.width, image.height);
  const int radius = std::max(1, side / (80 + static_cast<int>(chance % 80)));
  if ((chance >> 32) % 3 == 0) // smeared
    return average_rows(image, 4 * radius);
  for (int pass = 0; pass < 3; ++pass) { // three averages are nearly a bell
    average_rows(image, radius);
    average_columns(image, radius);
  }
}

} // namespace mlopsctl::imaging
