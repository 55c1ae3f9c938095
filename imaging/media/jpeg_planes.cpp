// SPDX-License-Identifier: Apache-2.0
// From a decoder's planes to those of a JPEG: range and matrix in one pass over the pixels, colour
// as halved as it came. Chroma of MPEG lies half a luma pixel further left than that of JPEG, which
// nobody moves.
#include "imaging/media/reader.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace mlopsctl::media {
namespace {

constexpr int k_shift = 14; // fixed point: 255/219 and sums of products stay far below 2^31
constexpr int k_half = 1 << (k_shift - 1);

constexpr int fixed_point(double value) {
  return static_cast<int>(value * (1 << k_shift) + (value < 0 ? -0.5 : 0.5));
}

/// Y' = luma * (Y - black) + luma_cb * Cb + luma_cr * Cr, Cb' = cb_cb * Cb + cb_cr * Cr ... with Cb
/// and Cr around 0.
struct Weights {
  int black;
  int luma, luma_cb, luma_cr;
  int cb_cb, cb_cr;
  int cr_cb, cr_cr;
};

/// BT.709 (Kr 0.2126, Kb 0.0722) to BT.601 (0.299, 0.114): the product of the one's way to RGB and
/// the other's way back.
Weights weights(bool is_full_range, bool is_bt709) {
  const double luma = is_full_range ? 1 : 255.0 / 219;
  const double chroma = is_full_range ? 1 : 255.0 / 224;
  Weights made{is_full_range ? 0 : 16, fixed_point(luma), 0, 0, fixed_point(chroma), 0, 0,
               fixed_point(chroma)};
  if (is_bt709) {
    made.luma_cb = fixed_point(0.101579 * chroma);
    made.luma_cr = fixed_point(0.196076 * chroma);
    made.cb_cb = fixed_point(0.989854 * chroma);
    made.cb_cr = fixed_point(-0.110653 * chroma);
    made.cr_cb = fixed_point(-0.072453 * chroma);
    made.cr_cr = fixed_point(0.983398 * chroma);
  }
  return made;
}

std::uint8_t to_byte(int value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

/// \param brightness of both luma rows that share these chroma rows: what colour adds to it.
void convert_chroma(const Weights& w, const std::uint8_t* cb, const std::uint8_t* cr, int width,
                    std::uint8_t* to_cb, std::uint8_t* to_cr, int* brightness) {
  for (int x = 0; x < width; ++x) {
    const int u = cb[x] - 128, v = cr[x] - 128;
    to_cb[x] = to_byte(128 + ((w.cb_cb * u + w.cb_cr * v + k_half) >> k_shift));
    to_cr[x] = to_byte(128 + ((w.cr_cb * u + w.cr_cr * v + k_half) >> k_shift));
    brightness[2 * x] = brightness[2 * x + 1] = w.luma_cb * u + w.luma_cr * v + k_half;
  }
}

void convert_luma(const Weights& w, const std::uint8_t* from, const int* brightness, int width,
                  std::uint8_t* to) {
  for (int x = 0; x < width; ++x)
    to[x] = to_byte((w.luma * (from[x] - w.black) + brightness[x]) >> k_shift);
}

void repeat_last_column(std::uint8_t* row, int width, int padded_width) {
  if (padded_width > width)
    row[width] = row[width - 1];
}

} // namespace

bool convert_to_jpeg_planes(const AVFrame& frame, std::uint8_t* y, std::uint8_t* cb,
                            std::uint8_t* cr) {
  const int matrix = matrix_of(frame);
  if ((frame.format != AV_PIX_FMT_YUV420P && frame.format != AV_PIX_FMT_YUVJ420P) ||
      (matrix != SWS_CS_ITU709 && matrix != SWS_CS_ITU601))
    return false;
  const Weights w = weights(is_full_range(frame), matrix == SWS_CS_ITU709);
  const int chroma_width = (frame.width + 1) / 2, chroma_height = (frame.height + 1) / 2;
  const int padded_width = 2 * chroma_width;
  std::vector<int> brightness(static_cast<std::size_t>(padded_width));
  const auto row = [](const AVFrame& of, int plane, int at) {
    return of.data[plane] + static_cast<std::ptrdiff_t>(at) * of.linesize[plane];
  };
  for (int at = 0; at < chroma_height; ++at) {
    convert_chroma(w, row(frame, 1, at), row(frame, 2, at), chroma_width, cb, cr,
                   brightness.data());
    cb += chroma_width;
    cr += chroma_width;
    for (int line = 2 * at; line < 2 * at + 2; ++line) {
      if (line < frame.height) {
        convert_luma(w, row(frame, 0, line), brightness.data(), frame.width, y);
        repeat_last_column(y, frame.width, padded_width);
      } else {
        std::memcpy(y, y - padded_width, static_cast<std::size_t>(padded_width));
      }
      y += padded_width;
    }
  }
  return true;
}

} // namespace mlopsctl::media
