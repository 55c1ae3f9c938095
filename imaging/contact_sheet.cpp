// SPDX-License-Identifier: Apache-2.0
#include "imaging/contact_sheet.hpp"

#include "core/error.hpp"
#include "imaging/draw.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::imaging {
namespace {

constexpr int k_gap_px = 8;
constexpr int k_caption_px = 18;
constexpr std::uint8_t k_ground = 32;
constexpr std::int64_t k_max_sheet_pixels = 100'000'000;

int columns_for(int count) {
  return std::clamp(static_cast<int>(std::ceil(std::sqrt(count * 4.0 / 3.0))), 1, count);
}

} // namespace

ContactSheet::ContactSheet(int count, int cell_px)
    : cell_px_(cell_px), columns_(columns_for(count)) {
  const int rows = (count + columns_ - 1) / columns_;
  const int width = k_gap_px + columns_ * (cell_px + k_gap_px);
  const int height = k_gap_px + rows * (cell_px + k_caption_px + k_gap_px);
  if (static_cast<std::int64_t>(width) * height > k_max_sheet_pixels)
    throw Error(Fault::usage,
                "a contact sheet of " + std::to_string(count) + " pictures would have " +
                    std::to_string(width) + " x " + std::to_string(height) + " pixels",
                "ask for fewer or smaller ones");
  sheet_ = Image(width, height, 3, k_ground);
}

void ContactSheet::add(const Image& image, const std::string& caption) {
  const int column = next_ % columns_;
  const int row = next_ / columns_;
  ++next_;
  const int left = k_gap_px + column * (cell_px_ + k_gap_px);
  const int top = k_gap_px + row * (cell_px_ + k_caption_px + k_gap_px);
  if (top + cell_px_ + k_caption_px > sheet_.height)
    throw Error(Fault::internal, "more pictures on the contact sheet than it was made for");
  const int width = std::min(image.width, cell_px_);
  const int height = std::min(image.height, cell_px_);
  const int x = left + (cell_px_ - width) / 2;
  const int y = top + (cell_px_ - height) / 2;
  for (int line = 0; line < height; ++line)
    for (int pixel = 0; pixel < width; ++pixel)
      for (int channel = 0; channel < 3; ++channel)
        sheet_.row(y + line)[(x + pixel) * 3 + channel] =
            image.row(line)[pixel * image.channels + (image.channels == 3 ? channel : 0)];
  if (image.empty())
    draw_line_of_text(sheet_, "no picture", left + cell_px_ / 3, top + cell_px_ / 2, cell_px_);
  draw_line_of_text(sheet_, caption, left, top + cell_px_ + 2, cell_px_);
}

} // namespace mlopsctl::imaging
