// SPDX-License-Identifier: Apache-2.0
#include "imaging/glance.hpp"

#include "imaging/hash.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace mlopsctl::imaging {
namespace {

constexpr int k_reach = 4;  ///< px: differences over 8 px look so far to each side
constexpr int k_block = 16; ///< px

/// Adds a row to the sums of its columns. Plain loops over bytes become wide instructions.
void add_row(const std::uint8_t* row, std::vector<std::uint16_t>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<std::uint16_t>(sums[i] + row[i]);
}

/// \param sums of `step` rows, a value each channel of a column.
void grey_row(const std::vector<std::uint16_t>& sums, int channels, int step, std::uint8_t* out,
              int width) {
  const auto across = static_cast<std::size_t>(step * channels);
  const auto area = static_cast<std::uint32_t>(step) * static_cast<std::uint32_t>(step);
  for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
    const std::uint16_t* at = sums.data() + x * across;
    std::uint32_t value = 0; // step <= 103 (65535 px), so 103^2 * 255 * 256 fits
    if (channels == 1) {
      for (std::size_t i = 0; i < across; ++i)
        value += at[i];
      out[x] = static_cast<std::uint8_t>(value / area);
      continue;
    }
    for (std::size_t i = 0; i < across; i += 3) // BT.601 in 1/256
      value += 77U * at[i] + 150U * at[i + 1] + 29U * at[i + 2];
    out[x] = static_cast<std::uint8_t>(value / (256 * area));
  }
}

int square(int value) {
  return value * value;
}

/// Energies of one row, added to those of the rows above, a value each column.
void add_energies(const Image& grey, int y, std::vector<std::int32_t>& fine,
                  std::vector<std::int32_t>& coarse) {
  const std::uint8_t* row = grey.row(y) + k_reach;
  const std::uint8_t* above = grey.row(y - 1) + k_reach;
  const std::uint8_t* below = grey.row(y + 1) + k_reach;
  const std::uint8_t* far_above = grey.row(y - k_reach) + k_reach;
  const std::uint8_t* far_below = grey.row(y + k_reach) + k_reach;
  const auto width = static_cast<std::ptrdiff_t>(fine.size());
  for (std::ptrdiff_t x = 0; x < width; ++x) {
    const auto i = static_cast<std::size_t>(x);
    fine[i] += square(row[x + 1] - row[x - 1]) + square(below[x] - above[x]);
    coarse[i] += square(row[x + k_reach] - row[x - k_reach]) + square(far_below[x] - far_above[x]);
  }
}

struct Energy {
  std::int64_t fine = 0;
  std::int64_t coarse = 0;
};

std::vector<Energy> block_energies(const Image& grey) {
  const int width = grey.width - 2 * k_reach, height = grey.height - 2 * k_reach;
  std::vector<Energy> blocks;
  std::vector<std::int32_t> fine(static_cast<std::size_t>(width)), coarse(fine.size());
  for (int top = 0; top < height; top += k_block) {
    std::fill(fine.begin(), fine.end(), 0);
    std::fill(coarse.begin(), coarse.end(), 0);
    for (int y = top; y < std::min(top + k_block, height); ++y)
      add_energies(grey, y + k_reach, fine, coarse);
    for (std::size_t left = 0; left < fine.size(); left += k_block) {
      const auto from = static_cast<std::ptrdiff_t>(left);
      const auto to = static_cast<std::ptrdiff_t>(std::min(left + k_block, fine.size()));
      blocks.push_back(
          {std::accumulate(fine.begin() + from, fine.begin() + to, std::int64_t{0}),
           std::accumulate(coarse.begin() + from, coarse.begin() + to, std::int64_t{0})});
    }
  }
  return blocks;
}

struct Pixels {
  const std::uint8_t* data;
  int width, height;
  std::size_t stride; ///< bytes
  int channels;
};

Image small_grey(const Pixels& pixels, int side_px) {
  if (pixels.width <= 0 || pixels.height <= 0)
    return {};
  const int step = (std::max(pixels.width, pixels.height) + side_px - 1) / side_px;
  const int width = pixels.width / step, height = pixels.height / step;
  if (width == 0 || height == 0) // a strip, hundreds of times as long as wide: nothing to be told
    return Image(1, 1, 1);
  Image grey(width, height, 1);
  for (int y = 0; step == 1 && pixels.channels == 1 && y < height; ++y)
    std::copy_n(pixels.data + static_cast<std::size_t>(y) * pixels.stride, width, grey.row(y));
  if (step == 1 && pixels.channels == 1)
    return grey;
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(width * step * pixels.channels));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (int i = 0; i < step; ++i)
      add_row(pixels.data + static_cast<std::size_t>(y * step + i) * pixels.stride, sums);
    grey_row(sums, pixels.channels, step, grey.row(y), width);
  }
  return grey;
}

/// Levels that \p a is brighter by.
int brighter_by(const Glance& a, const Glance& b) {
  int sum = 0;
  for (std::size_t i = 0; i < a.cells.size(); ++i)
    sum += a.cells[i] - b.cells[i];
  return sum / static_cast<int>(a.cells.size());
}

} // namespace

Image small_grey(const Image& image, int side_px) {
  return small_grey(
      {image.pixels.data(), image.width, image.height, image.stride(), image.channels}, side_px);
}

Image small_grey(const YuvImage& image, int side_px) {
  return small_grey({image.y.data(), image.width, image.height,
                     static_cast<std::size_t>(image.padded_width()), 1},
                    side_px);
}

Acuteness acuteness(const Image& grey) {
  if (grey.width <= 2 * k_reach || grey.height <= 2 * k_reach)
    return {};
  auto blocks = block_energies(grey);
  const auto count = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, blocks.size() / 8));
  std::nth_element(blocks.begin(), blocks.begin() + count - 1, blocks.end(),
                   [](const Energy& a, const Energy& b) { return a.fine > b.fine; });
  Energy sum;
  for (auto block = blocks.begin(); block != blocks.begin() + count; ++block) {
    sum.fine += block->fine;
    sum.coarse += block->coarse;
  }
  // Where there is nothing, noise alone would look like the finest of edges.
  constexpr double k_nothing_levels = 6;
  const double pixels = static_cast<double>(count) * k_block * k_block;
  const double fine = static_cast<double>(sum.fine) / pixels;
  const double coarse = static_cast<double>(sum.coarse) / pixels;
  return {fine / (coarse + k_nothing_levels * k_nothing_levels), fine};
}

Glance glance(const Image& small) {
  Glance result;
  if (small.empty())
    return result;
  Image cells(k_glance_columns, k_glance_rows, 1);
  for (int r = 0; r < k_glance_rows; ++r) {
    const int top = r * small.height / k_glance_rows;
    const int bottom = std::max(top + 1, (r + 1) * small.height / k_glance_rows);
    for (int c = 0; c < k_glance_columns; ++c) {
      const int left = c * small.width / k_glance_columns;
      const int right = std::max(left + 1, (c + 1) * small.width / k_glance_columns);
      int sum = 0;
      for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x)
          sum += small.row(y)[x];
      cells.row(r)[c] = static_cast<std::uint8_t>(sum / ((bottom - top) * (right - left)));
    }
  }
  std::copy(cells.pixels.begin(), cells.pixels.end(), result.cells.begin());
  result.fingerprint = fingerprint(cells);
  result.sharpness = acuteness(small);
  return result;
}

double moved(const Glance& a, const Glance& b, double enough) {
  constexpr int k_visible = 6, k_last_row = k_glance_rows - 1;
  constexpr std::size_t k_columns = k_glance_columns;
  using Row = std::array<std::uint8_t, k_columns>;
  const int brighter = brighter_by(a, b);
  const auto cells = static_cast<double>(a.cells.size());
  int changed = 0;
  for (int y = 0; y < k_glance_rows && changed <= enough * cells; ++y) {
    const auto row = [&](int at) {
      return a.cells.data() + static_cast<std::size_t>(std::clamp(at, 0, k_last_row)) * k_columns;
    };
    const std::uint8_t *above = row(y - 1), *here = row(y), *below = row(y + 1);
    Row least, most;
    for (std::size_t x = 0; x < k_columns; ++x) {
      least[x] = std::min({above[x], here[x], below[x]});
      most[x] = std::max({above[x], here[x], below[x]});
    }
    const std::uint8_t* other = b.cells.data() + static_cast<std::size_t>(y) * k_columns;
    for (std::size_t x = 0; x < k_columns; ++x) {
      const std::size_t left = x == 0 ? 0 : x - 1, right = std::min(x + 1, k_columns - 1);
      const int value = other[x] + brighter;
      changed += value <= std::min({least[left], least[x], least[right]}) - k_visible ||
                 value >= std::max({most[left], most[x], most[right]}) + k_visible;
    }
  }
  return changed / cells;
}

Difference difference(const Glance& a, const Glance& b) {
  constexpr std::size_t k_count = std::tuple_size_v<Glance::Cells>;
  constexpr int k_visible = 8;
  const int brighter = brighter_by(a, b);
  std::array<std::uint32_t, 512> histogram{};
  for (std::size_t i = 0; i < k_count; ++i)
    ++histogram[static_cast<std::size_t>(std::abs(a.cells[i] - b.cells[i] - brighter))];
  Difference result;
  std::uint32_t changed = 0, taken = 0;
  std::uint64_t total = 0, most = 0;
  constexpr std::uint32_t k_most = k_count / 64;
  for (std::size_t level = histogram.size(); level-- > 0;) {
    const auto count = histogram[level];
    changed += level >= k_visible ? count : 0;
    total += level * count;
    const auto part = std::min(count, k_most - taken);
    most += level * part;
    taken += part;
  }
  result.mean = static_cast<double>(total) / double(k_count);
  result.most = static_cast<double>(most) / double(k_most);
  result.changed = static_cast<double>(changed) / double(k_count);
  return result;
}

} // namespace mlopsctl::imaging
