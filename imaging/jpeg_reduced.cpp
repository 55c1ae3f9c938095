// SPDX-License-Identifier: Apache-2.0
// The frame of a baseline JPEG (ITU-T T.81 annex B), its MCUs, and the inverse transforms of 2x2
// and 1x1 pixels in the integers of libjpeg's jidctred.c, so that the pixels are the same.
#include "imaging/jpeg_reduced.hpp"

#include "imaging/detail/jpeg_entropy.hpp"
#include "imaging/detail/jpeg_frame.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace mlopsctl::imaging {
namespace {

using detail::Bits;
using detail::JpegFrame;
using detail::KeptBlocks;

/// Dequantised values beyond this are no picture's (8-bit samples give at most about 1024), and the
/// sums of the transform would not fit as they do in libjpeg-turbo.
constexpr int k_most_value = 3000;

/// Quantisation of the coefficients that are kept.
struct Dequantiser {
  std::array<std::int16_t, KeptBlocks::k_slots> steps{};
  detail::KeptLimits limits{}; ///< k_most_value before the multiplication
  int limit_of_all = INT_MAX;  ///< but of the DC
};

Dequantiser dequantiser_of(const std::array<std::uint8_t, 64>& table) {
  Dequantiser made;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t slot = detail::k_slot_before[i + 1];
    made.steps[slot] = table[i];
    made.limits[slot] = k_most_value / table[i];
  }
  made.steps.back() = 0; // what is not kept
  made.limits.back() = INT_MAX;
  made.limit_of_all = *std::min_element(made.limits.begin() + 1, made.limits.end());
  return made;
}

/// Bits that are set once anything was outside of what a picture holds.
using Oddity = std::uint32_t;

/// 0 in the middle of grey. Far from 0 libjpeg-turbo's ways part from each other.
std::uint8_t sample(std::int32_t value, Oddity& oddity) {
  oddity |= static_cast<Oddity>(value + 512) & ~Oddity{1023};
  return static_cast<std::uint8_t>(std::clamp(value + 128, 0, 255));
}

constexpr std::size_t k_blocks = KeptBlocks::k_blocks;
using Lanes = std::array<std::int16_t, k_blocks>; // one number of each block

/// Sums of products of int16 that fit 32 bits; and as they might be larger in a damaged stream,
/// without a sign, where too large is no fault.
using Sum = std::uint32_t;

Sum times(std::int16_t value, std::int16_t factor) {
  return static_cast<Sum>(std::int32_t{value} * factor);
}

/// One dimension: even and odd part of 2 values, in 1/8192 of a quarter; \p parts are those of
/// frequency 0, 1, 3, 5, 7. The factors are sqrt(2) times sums of cosines (jidctred.c:
/// FIX_3_624509785 and so on).
struct Halves {
  std::array<Sum, k_blocks> even, odd;
};

Halves halves_of(const std::array<Lanes, 5>& parts) {
  Halves made;
  for (std::size_t b = 0; b < k_blocks; ++b) {
    made.even[b] = static_cast<Sum>(parts[0][b]) << 15;
    made.odd[b] = times(parts[1][b], 29692) + times(parts[2][b], -10426) +
                  times(parts[3][b], 6967) + times(parts[4][b], -5906);
  }
  return made;
}

std::int32_t rounded(Sum sum, unsigned shift) {
  return static_cast<std::int32_t>(sum + (Sum{1} << (shift - 1))) >> shift;
}

/// 2x2 pixels of each block: [2 y + x][block].
using Pixels = std::array<std::array<std::uint8_t, k_blocks>, 4>;

Pixels transform_2x2(const KeptBlocks& kept, const Dequantiser& by, Oddity& oddity) {
  std::array<std::array<Lanes, 5>, 2> rows; // [row][column], in quarters; they fit: < 10.5 * 3000
  for (std::size_t c = 0; c < 5; ++c) {
    std::array<Lanes, 5> column;
    for (std::size_t r = 0; r < 5; ++r)
      for (std::size_t b = 0; b < k_blocks; ++b)
        column[r][b] = static_cast<std::int16_t>(kept.values[5 * r + c][b] * by.steps[5 * r + c]);
    const Halves halves = halves_of(column);
    for (std::size_t b = 0; b < k_blocks; ++b) {
      rows[0][c][b] = static_cast<std::int16_t>(rounded(halves.even[b] + halves.odd[b], 13));
      rows[1][c][b] = static_cast<std::int16_t>(rounded(halves.even[b] - halves.odd[b], 13));
    }
  }
  Pixels pixels;
  for (std::size_t y = 0; y < 2; ++y) {
    const Halves halves = halves_of(rows[y]);
    for (std::size_t b = 0; b < k_blocks; ++b) {
      pixels[2 * y][b] = sample(rounded(halves.even[b] + halves.odd[b], 20), oddity);
      pixels[2 * y + 1][b] = sample(rounded(halves.even[b] - halves.odd[b], 20), oddity);
    }
  }
  return pixels;
}

/// Tables take a while to build, and the pictures of a data set mostly have the same.
struct Tables {
  std::array<detail::HuffmanSpec, 4> dc_specs, ac_specs;
  std::array<bool, 4> has_dc{}, has_ac{};
  int most_value = 0;
  std::array<detail::DcTable, 4> dc;
  std::array<detail::AcTable, 4> ac;

  /// \return false if a table is not sound.
  bool prepare(const JpegFrame& frame, int most_ac_value) {
    if (most_ac_value != most_value)
      has_ac.fill(false);
    most_value = most_ac_value;
    for (const auto& c : frame.used_components())
      if (!prepare_dc(frame.dc_specs[c.dc_table], c.dc_table) ||
          !prepare_ac(frame.ac_specs[c.ac_table], c.ac_table))
        return false;
    return true;
  }

private:
  bool prepare_dc(const detail::HuffmanSpec& spec, std::size_t i) {
    if (has_dc[i] && dc_specs[i] == spec)
      return true;
    dc_specs[i] = spec;
    return has_dc[i] = dc[i].build(spec);
  }
  bool prepare_ac(const detail::HuffmanSpec& spec, std::size_t i) {
    if (has_ac[i] && ac_specs[i] == spec)
      return true;
    ac_specs[i] = spec;
    return has_ac[i] = ac[i].build(spec, most_value);
  }
};

/// A block takes two codes of at least a bit: with less, no memory is worth taking.
bool has_enough_data(const JpegFrame& frame) {
  const auto blocks = frame.mcus_across() * frame.mcus_down() *
                      (frame.mcu_columns() * frame.mcu_rows() + frame.component_count - 1);
  return blocks / 4 <= frame.scan.size();
}

/// One picture.
class ReducedDecoder {
public:
  ReducedDecoder(const JpegFrame& frame, const Dequantiser& luma, const Tables& tables, int scale)
      : frame_(frame), luma_(luma), tables_(tables), scale_(scale), side_(scale == 8 ? 1 : 2),
        columns_(frame.mcu_columns()), rows_(frame.mcu_rows()),
        stride_(frame.mcus_across() * columns_ * side_), bytes_(frame.scan),
        band_(stride_ * rows_ * side_) {}

  std::optional<Image> decode() {
    Image image((frame_.width + scale_ - 1) / scale_, (frame_.height + scale_ - 1) / scale_, 1);
    const std::size_t across = frame_.mcus_across(), down = frame_.mcus_down();
    for (std::size_t y = 0; y < down; ++y) {
      for (std::size_t x = 0; x < across; ++x)
        if (!begin_mcu(y * across + x) || !read_mcu(x * columns_))
          return std::nullopt;
      flush();
      copy_band(image, y * rows_ * side_);
    }
    constexpr unsigned k_end_of_image = 0xD9;
    if (oddity_ != 0 || bytes_.take_marker() != k_end_of_image)
      return std::nullopt;
    return image;
  }

private:
  bool begin_mcu(std::size_t index) {
    if (frame_.restart_interval > 0 && index > 0 && index % frame_.restart_interval == 0) {
      if (bytes_.take_marker() != 0xD0 + (index / frame_.restart_interval - 1) % 8)
        return false;
      dc_values_.fill(0);
    }
    return bytes_.prepare();
  }

  /// \param column of its first block in the picture.
  bool read_mcu(std::size_t column) {
    Bits bits = bytes_.bits;
    const auto& luma = frame_.components[0];
    for (std::size_t r = 0; r < rows_; ++r)
      for (std::size_t c = 0; c < columns_; ++c)
        if (!read_luma(bits, tables_.dc[luma.dc_table], tables_.ac[luma.ac_table],
                       band_.data() + r * side_ * stride_ + (column + c) * side_))
          return false;
    for (std::size_t i = 1; i < frame_.component_count; ++i) {
      const auto& chroma = frame_.components[i];
      bits.refill();
      if (!tables_.dc[chroma.dc_table].read(bits, dc_values_[i]) ||
          !tables_.ac[chroma.ac_table].skip(bits))
        return false;
    }
    bytes_.bits = bits;
    return true;
  }

  bool read_luma(Bits& bits, const detail::DcTable& dc_table, const detail::AcTable& ac_table,
                 std::uint8_t* out) {
    int& dc = dc_values_[0];
    bits.refill();
    if (!dc_table.read(bits, dc))
      return false;
    if (side_ == 1) {
      *out = sample((dc * luma_.steps[0] + 4) >> 3, oddity_);
      return ac_table.skip(bits);
    }
    const std::size_t at = kept_count_++;
    if (std::abs(dc) > luma_.limits[0] || !ac_table.read(bits, kept_, at, luma_.limits))
      return false;
    kept_.values[0][at] = static_cast<std::int16_t>(dc);
    outs_[at] = out;
    if (kept_count_ == k_blocks)
      flush();
    return true;
  }

  /// Pixels of the blocks that wait, into the band.
  void flush() {
    if (kept_count_ == 0)
      return;
    const Pixels pixels = transform_2x2(kept_, luma_, oddity_);
    for (std::size_t b = 0; b < kept_count_; ++b) {
      std::uint8_t* out = outs_[b];
      out[0] = pixels[0][b];
      out[1] = pixels[1][b];
      out[stride_] = pixels[2][b];
      out[stride_ + 1] = pixels[3][b];
    }
    std::memset(kept_.values.data(), 0, sizeof kept_.values);
    kept_count_ = 0;
  }

  /// The band without what is over the edges, to row \p y.
  void copy_band(Image& image, std::size_t y) const {
    const auto width = static_cast<std::size_t>(image.width);
    const std::size_t end = std::min(y + rows_ * side_, static_cast<std::size_t>(image.height));
    for (std::size_t r = y; r < end; ++r)
      std::copy_n(band_.data() + (r - y) * stride_, width, image.row(static_cast<int>(r)));
  }

  const JpegFrame& frame_;
  const Dequantiser& luma_;
  const Tables& tables_;
  const int scale_;
  const std::size_t side_;           ///< px of a block
  const std::size_t columns_, rows_; ///< blocks of luma in an MCU
  const std::size_t stride_;         ///< of the band
  detail::EntropyBytes bytes_;
  std::vector<std::uint8_t> band_; ///< one row of MCUs, whole blocks
  std::array<int, 3> dc_values_{};
  KeptBlocks kept_; ///< of the blocks that wait for their transform
  std::array<std::uint8_t*, k_blocks> outs_{};
  std::size_t kept_count_ = 0;
  Oddity oddity_ = 0;
};

} // namespace

std::optional<Image> reduced_grey_jpeg(std::string_view bytes, int scale) {
  if (scale != 4 && scale != 8)
    return std::nullopt;
  const auto frame = detail::read_jpeg_frame(bytes);
  // Where another scale gives the same size, and so in a few tiny pictures, turbojpeg takes that.
  constexpr int k_tiny_px = 8;
  if (!frame || (frame->width <= k_tiny_px && frame->height <= k_tiny_px) ||
      !has_enough_data(*frame))
    return std::nullopt;
  thread_local const auto tables = std::make_unique<Tables>();
  const Dequantiser luma = dequantiser_of(frame->quantisers[frame->components[0].quantiser]);
  if (!tables->prepare(*frame, luma.limit_of_all))
    return std::nullopt;
  return ReducedDecoder(*frame, luma, *tables, scale).decode();
}

} // namespace mlopsctl::imaging
