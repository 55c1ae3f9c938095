// SPDX-License-Identifier: Apache-2.0
// ITU-T T.81 annex B. Strict: what is not just so is for libjpeg-turbo to judge.
#include "imaging/detail/jpeg_frame.hpp"

#include <algorithm>

namespace mlopsctl::imaging::detail {
namespace {

using namespace std::string_view_literals;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

unsigned word_at(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

class FrameReader {
public:
  /// \return false to give up.
  bool take(unsigned marker, std::string_view segment) {
    switch (marker) {
    case 0xC0: return take_frame(segment);
    case 0xC4: return take_huffman(segment);
    case 0xDB: return take_quantisers(segment);
    case 0xDD: return take_restart_interval(segment);
    case 0xE0: return take_jfif(segment);
    case 0xEE: return take_adobe(segment);
    case 0xFE: return true;
    default: return marker >= 0xE0 && marker <= 0xEF;
    }
  }

  /// The header of the scan; then all has to be there.
  bool take_scan(std::string_view segment) {
    const std::size_t count = frame_.component_count;
    if (count == 0 || segment.size() != 4 + 2 * count || byte_at(segment, 0) != count)
      return false;
    for (std::size_t i = 0; i < count; ++i) {
      auto& component = frame_.components[i];
      const unsigned tables = byte_at(segment, 2 + 2 * i);
      component.dc_table = tables >> 4;
      component.ac_table = tables & 15;
      if (byte_at(segment, 1 + 2 * i) != component.id || component.dc_table > 3 ||
          component.ac_table > 3 || !has_dc_[component.dc_table] || !has_ac_[component.ac_table] ||
          !has_quantiser_[component.quantiser])
        return false;
    }
    return segment.substr(1 + 2 * count) == "\0\x3F\0"sv && is_luma_first();
  }

  JpegFrame& frame() { return frame_; }

private:
  bool take_frame(std::string_view segment) {
    if (frame_.component_count > 0 || segment.size() < 6 || byte_at(segment, 0) != 8)
      return false;
    const std::size_t count = byte_at(segment, 5);
    frame_.height = static_cast<int>(word_at(segment, 1));
    frame_.width = static_cast<int>(word_at(segment, 3));
    if ((count != 1 && count != 3) || segment.size() != 6 + 3 * count || frame_.width == 0 ||
        frame_.height == 0)
      return false;
    frame_.component_count = count;
    for (std::size_t i = 0; i < count; ++i) {
      auto& component = frame_.components[i];
      component.id = byte_at(segment, 6 + 3 * i);
      component.columns = byte_at(segment, 7 + 3 * i) >> 4;
      component.rows = byte_at(segment, 7 + 3 * i) & 15;
      component.quantiser = byte_at(segment, 8 + 3 * i);
      const unsigned most = i == 0 ? 2 : 1;
      if (component.columns < 1 || component.columns > most || component.rows < 1 ||
          component.rows > most || component.quantiser > 3)
        return false;
    }
    return true;
  }

  bool take_huffman(std::string_view segment) {
    while (segment.size() >= 17) {
      const unsigned kind = byte_at(segment, 0) >> 4, index = byte_at(segment, 0) & 15;
      if (kind > 1 || index > 3)
        return false;
      HuffmanSpec spec;
      std::size_t count = 0;
      for (std::size_t length = 1; length <= 16; ++length) {
        spec.counts[length] = static_cast<std::uint8_t>(byte_at(segment, length));
        count += spec.counts[length];
      }
      segment.remove_prefix(17);
      if (count > spec.symbols.size() || count > segment.size())
        return false;
      std::copy_n(segment.begin(), count, spec.symbols.begin());
      segment.remove_prefix(count);
      (kind == 0 ? frame_.dc_specs : frame_.ac_specs)[index] = spec;
      (kind == 0 ? has_dc_ : has_ac_)[index] = true;
    }
    return segment.empty();
  }

  bool take_quantisers(std::string_view segment) {
    constexpr std::size_t k_values = 64;
    while (segment.size() > k_values) {
      const unsigned index = byte_at(segment, 0);
      const auto values = segment.substr(1, k_values);
      if (index > 3 || values.find('\0') != values.npos) // over 3: 16-bit values, too
        return false;
      std::copy(values.begin(), values.end(), frame_.quantisers[index].begin());
      has_quantiser_[index] = true;
      segment.remove_prefix(1 + k_values);
    }
    return segment.empty();
  }

  bool take_restart_interval(std::string_view segment) {
    if (segment.size() != 2)
      return false;
    frame_.restart_interval = word_at(segment, 0);
    return true;
  }

  bool take_jfif(std::string_view segment) {
    constexpr std::size_t k_major = 5;
    return !segment.starts_with("JFIF\0"sv) ||
           (segment.size() > k_major && byte_at(segment, k_major) == 1);
  }

  /// Adobe's segment may say that three components are not luma and chroma.
  bool take_adobe(std::string_view segment) {
    constexpr std::size_t k_transform = 11;
    if (segment.starts_with("Adobe"sv))
      is_other_colour_ = segment.size() <= k_transform || byte_at(segment, k_transform) != 1;
    return true;
  }

  bool is_luma_first() const {
    const auto& c = frame_.components;
    const bool is_rgb = c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B';
    const bool are_different = c[0].id != c[1].id && c[0].id != c[2].id && c[1].id != c[2].id;
    return frame_.component_count == 1 || (are_different && !is_rgb && !is_other_colour_);
  }

  JpegFrame frame_;
  std::array<bool, 4> has_dc_{}, has_ac_{}, has_quantiser_{};
  bool is_other_colour_ = false;
};

} // namespace

std::optional<JpegFrame> read_jpeg_frame(std::string_view bytes) {
  if (!bytes.starts_with("\xFF\xD8"sv))
    return std::nullopt;
  bytes.remove_prefix(2);
  FrameReader reader;
  while (bytes.size() >= 4 && byte_at(bytes, 0) == 0xFF) {
    const unsigned marker = byte_at(bytes, 1), length = word_at(bytes, 2);
    if (length < 2 || length > bytes.size() - 2)
      return std::nullopt;
    const auto segment = bytes.substr(4, length - 2);
    bytes.remove_prefix(2 + length);
    if (marker == 0xDA) {
      if (!reader.take_scan(segment))
        return std::nullopt;
      reader.frame().scan = bytes;
      return std::move(reader.frame());
    }
    if (!reader.take(marker, segment))
      return std::nullopt;
  }
  return std::nullopt;
}

} // namespace mlopsctl::imaging::detail
