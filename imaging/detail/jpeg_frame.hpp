// SPDX-License-Identifier: Apache-2.0
// The headers of a plain baseline JPEG, as far as decoding its luma needs them.
#pragma once

#include "imaging/detail/jpeg_entropy.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mlopsctl::imaging::detail {

struct JpegComponent {
  unsigned id = 0;
  unsigned columns = 1; ///< blocks of an MCU, 1 or 2
  unsigned rows = 1;
  std::size_t quantiser = 0; ///< 0..3, these three
  std::size_t dc_table = 0;
  std::size_t ac_table = 0;
};

/// One frame in one scan: luma with 1x1, 2x1, 1x2 or 2x2 blocks an MCU, then none or two chroma
/// components of one block.
struct JpegFrame {
  int width = 0; ///< px, > 0
  int height = 0;
  std::size_t component_count = 0; ///< 1 or 3
  std::array<JpegComponent, 3> components;
  std::array<std::array<std::uint8_t, 64>, 4> quantisers{}; ///< in zigzag order; those used are > 0
  std::array<HuffmanSpec, 4> dc_specs, ac_specs;
  std::size_t restart_interval = 0; ///< MCUs, 0: none
  std::string_view scan;            ///< from the entropy-coded data to the end of the file

  std::span<const JpegComponent> used_components() const {
    return std::span(components).first(component_count);
  }
  // The only component of a grey picture is coded block by block, whatever its sampling.
  std::size_t mcu_columns() const { return component_count == 1 ? 1 : components[0].columns; }
  std::size_t mcu_rows() const { return component_count == 1 ? 1 : components[0].rows; }
  std::size_t mcus_across() const { return mcus(width, mcu_columns()); }
  std::size_t mcus_down() const { return mcus(height, mcu_rows()); }

private:
  static std::size_t mcus(int size, std::size_t blocks) {
    return (static_cast<std::size_t>(size) + 8 * blocks - 1) / (8 * blocks);
  }
};

/// \return nothing for any other JPEG, and where anything in the headers is missing, damaged or
/// unusual.
std::optional<JpegFrame> read_jpeg_frame(std::string_view bytes);

} // namespace mlopsctl::imaging::detail
