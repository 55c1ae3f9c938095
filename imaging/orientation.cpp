// SPDX-License-Identifier: Apache-2.0
#include "imaging/orientation.hpp"

#include "dataset/other_places.hpp"
#include "imaging/augment.hpp"

#include <array>
#include <utility>

namespace mlopsctl::imaging {
namespace {

using Kind = Operation::Kind;

/// What brings stored pixels upright, one or two steps. EXIF 2.3, tag 0x0112.
struct Steps {
  int count;
  std::array<Kind, 2> kinds;
};
constexpr std::array<Steps, 9> k_steps{{
    {0, {}},
    {0, {}},
    {1, {Kind::flip_x}},
    {1, {Kind::rotate180}},
    {1, {Kind::flip_y}},
    {1, {Kind::transpose}},
    {1, {Kind::rotate90}},
    {2, {Kind::transpose, Kind::rotate180}},
    {1, {Kind::rotate270}},
}};

bool exchanges_sides(Kind kind) {
  return kind == Kind::transpose || kind == Kind::rotate90 || kind == Kind::rotate270;
}

} // namespace

std::int64_t turn_labels_upright(dataset::Sample& sample, int orientation) {
  if (orientation < 2 || orientation > 8)
    return 0;
  const auto& steps = k_steps[static_cast<std::size_t>(orientation)];
  for (int i = 0; i < steps.count; ++i) {
    const Kind kind = steps.kinds[static_cast<std::size_t>(i)];
    for (auto& annotation : sample.annotations)
      annotation.box = turned(annotation.box, kind, sample.width, sample.height);
    if (exchanges_sides(kind))
      std::swap(sample.width, sample.height);
  }
  return dataset::drop_other_places(sample);
}

bool is_upright_size(int width, int height, int stored_width, int stored_height, int orientation) {
  return orientation >= 5 && orientation <= 8 && stored_width != stored_height &&
         width == stored_height && height == stored_width;
}

} // namespace mlopsctl::imaging
