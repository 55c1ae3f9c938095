// SPDX-License-Identifier: Apache-2.0
#include "imaging/hash.hpp"

#include "core/io.hpp"
#include "imaging/codecs.hpp"
#include "imaging/quality.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace mlopsctl::imaging {
namespace {

constexpr std::size_t k_most_cells = 9;
using Cells = std::array<std::array<std::uint64_t, k_most_cells>, k_most_cells>; // [row][column]

/// Pixels at both ends of a cell and their parts, in 1/cells of a pixel; those between are whole.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint64_t first_part = 0;
  std::uint64_t last_part = 0; ///< 0 if the cell begins and ends in one pixel
};

/// Cell \p index of \p cells over \p size pixels covers [index * size, (index + 1) * size) where a
/// pixel is as wide as \p cells: all in whole numbers.
Span span_of(std::size_t index, std::size_t cells, std::size_t size) {
  const std::size_t from = index * size;
  const std::size_t to = from + size;
  Span span{from / cells, (to - 1) / cells, 0, 0};
  if (span.first == span.last) {
    span.first_part = to - from;
    return span;
  }
  span.first_part = (span.first + 1) * cells - from;
  span.last_part = to - span.last * cells;
  return span;
}

std::uint64_t sum_of(const std::uint8_t* from, const std::uint8_t* to) {
  std::uint32_t sum = 0; // a row has at most 65535 pixels in a JPEG, 2^24 fit in any case
  for (; from < to; ++from)
    sum += *from;
  return sum;
}

/// Sums over the cells, each in 1/(columns * rows) of a pixel: all cells are equally large, so that
/// sums compare as averages do.
Cells area_sums(const Image& grey, std::size_t columns, std::size_t rows) {
  std::array<Span, k_most_cells> across;
  for (std::size_t c = 0; c < columns; ++c)
    across[c] = span_of(c, columns, static_cast<std::size_t>(grey.width));
  Cells cells{};
  for (std::size_t r = 0; r < rows; ++r) {
    const Span down = span_of(r, rows, static_cast<std::size_t>(grey.height));
    for (std::size_t y = down.first; y <= down.last; ++y) {
      const std::uint64_t part = y == down.first  ? down.first_part
                                 : y == down.last ? down.last_part
                                                  : rows;
      const std::uint8_t* row = grey.row(static_cast<int>(y));
      for (std::size_t c = 0; c < columns; ++c) {
        const Span& s = across[c];
        const std::uint64_t sum = row[s.first] * s.first_part + row[s.last] * s.last_part +
                                  columns * sum_of(row + s.first + 1, row + s.last);
        cells[r][c] += sum * part;
      }
    }
  }
  return cells;
}

int usable_scale(const ImageInfo& info, int scale) {
  constexpr int k_smallest_side_px = 64;
  while (scale > 1 && std::min(info.width, info.height) < k_smallest_side_px * scale)
    scale /= 2;
  return scale;
}

} // namespace

dataset::Fingerprint fingerprint(const Image& grey) {
  dataset::Fingerprint bits;
  if (grey.empty())
    return bits;
  const Cells across = area_sums(grey, 9, 8);
  const Cells down = area_sums(grey, 8, 9);
  for (std::size_t r = 0; r < 8; ++r)
    for (std::size_t c = 0; c < 8; ++c) {
      bits.across = bits.across << 1 | (across[r][c] < across[r][c + 1] ? 1U : 0U);
      bits.down = bits.down << 1 | (down[r][c] < down[r + 1][c] ? 1U : 0U);
    }
  return bits;
}

Look look_at(std::string_view bytes, const std::string& name, int scale) {
  const ImageInfo info = probe(bytes, name);
  Image grey = decode_grey(bytes, name, usable_scale(info, scale));
  Look look;
  look.sharpness = sharpness(grey);
  look.fingerprint = fingerprint(
      info.exif_orientation > 1 ? apply_orientation(std::move(grey), info.exif_orientation) : grey);
  return look;
}

Look look_at_file(const std::string& path, int scale) {
  const auto source = open_source(path);
  return look_at(source->mapped().value_or(std::string_view{}), path, scale);
}

} // namespace mlopsctl::imaging
