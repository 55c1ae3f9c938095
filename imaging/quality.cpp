// SPDX-License-Identifier: Apache-2.0
#include "imaging/quality.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace mlopsctl::imaging {
namespace {

// A block of columns: its sum of squares, at most 1024 * 1020^2, fits 32 bits, and a count of
// columns that the compiler knows becomes wide instructions.
constexpr std::size_t k_block = 1024;

struct Sums {
  std::int64_t sum = 0;
  std::int64_t squares = 0;
};

/// \param count <= k_block; left and right are the row, one pixel to each side.
void add_block(const std::uint8_t* above, const std::uint8_t* row, const std::uint8_t* below,
               std::size_t count, Sums& sums) {
  std::array<std::int16_t, k_block> laplacian; // -1020..1020
  for (std::size_t i = 0; i < count; ++i)
    laplacian[i] =
        static_cast<std::int16_t>(above[i] + below[i] + (row + i)[-1] + row[i + 1] - 4 * row[i]);
  std::int32_t sum = 0;
  std::int32_t squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += laplacian[i];
    squares += std::int32_t{laplacian[i]} * laplacian[i];
  }
  sums.sum += sum;
  sums.squares += squares;
}

/// The first or the last column: \p inner is its only neighbour to a side, and counts twice.
void add_border(int above, int here, int below, int inner, Sums& sums) {
  const std::int64_t value = above + below + 2 * inner - 4 * here;
  sums.sum += value;
  sums.squares += value * value;
}

/// Mirrored without the outermost pixel: -1 is 1, size is size - 2.
int mirrored(int at, int size) {
  if (size == 1)
    return 0;
  return at < 0 ? 1 : at >= size ? size - 2 : at;
}

} // namespace

double sharpness(const Image& grey) {
  if (grey.empty() || grey.channels != 1)
    return 0;
  Sums sums;
  const auto width = static_cast<std::size_t>(grey.width);
  for (int y = 0; y < grey.height; ++y) {
    const std::uint8_t* above = grey.row(mirrored(y - 1, grey.height));
    const std::uint8_t* row = grey.row(y);
    const std::uint8_t* below = grey.row(mirrored(y + 1, grey.height));
    const std::size_t last = width - 1;
    add_border(above[0], row[0], below[0], row[std::min<std::size_t>(1, last)], sums);
    if (last > 0)
      add_border(above[last], row[last], below[last], row[last - 1], sums);
    for (std::size_t x = 1; x < last; x += k_block)
      add_block(above + x, row + x, below + x, std::min(k_block, last - x), sums);
  }
  const double count = static_cast<double>(grey.pixels.size());
  const double mean = static_cast<double>(sums.sum) / count;
  return std::max(0.0, static_cast<double>(sums.squares) / count - mean * mean);
}

} // namespace mlopsctl::imaging
