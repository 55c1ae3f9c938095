// SPDX-License-Identifier: Apache-2.0
// Markers of JPEG: ITU-T T.81 annex B. Chunks: PNG specification (third edition) sections 5 and 11;
// WebP container specification (RFC 9649).
#include "imaging/metadata.hpp"

#include "imaging/codecs.hpp"
#include "imaging/detail/byte_view.hpp"
#include "imaging/detail/codec_parts.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::imaging {
namespace {

using namespace std::string_view_literals;
using detail::ByteView;

/// An EXIF block of nothing but the turn.
std::string exif_of(int orientation) {
  std::string block("\xFF\xE1\0\x22"
                    "Exif\0\0"
                    "MM\0*\0\0\0\x08"
                    "\0\x01"
                    "\x01\x12\0\x03\0\0\0\x01\0"sv);
  block += static_cast<char>(orientation);
  return block + std::string(6, '\0');
}

/// Of the application segments those that say how to read the pixels.
bool is_of_pixels(unsigned marker, std::string_view content) {
  constexpr unsigned k_first_app = 0xE0, k_last_app = 0xEF, k_comment = 0xFE;
  if (marker == k_comment)
    return false;
  if (marker < k_first_app || marker > k_last_app)
    return true;
  return (marker == 0xE0 && content.starts_with("JFIF\0"sv)) ||
         (marker == 0xE2 && content.starts_with("ICC_PROFILE\0"sv)) ||
         (marker == 0xEE && content.starts_with("Adobe"sv));
}

/// \return where the coded data that begins at \p at ends: at the next marker.
std::size_t end_of_scan(std::string_view bytes, std::size_t at) {
  for (; at + 1 < bytes.size(); ++at) {
    const auto next = static_cast<unsigned char>(bytes[at + 1]);
    const bool is_restart = next >= 0xD0 && next <= 0xD7;
    if (bytes[at] == '\xFF' && next != 0 && next != 0xFF && !is_restart)
      return at;
  }
  return bytes.size();
}

std::string bare_jpeg(std::string_view bytes, int orientation, const std::string& name) {
  const ByteView view(bytes);
  std::string out("\xFF\xD8"sv);
  bool has_turn = orientation == 1;
  for (std::size_t at = 2;;) {
    at = std::min(bytes.find('\xFF', at), bytes.size());
    while (view.u8(at) == 0xFFU)
      ++at;
    const auto marker = view.u8(at++);
    if (!marker || *marker == 0xD9)
      return out + "\xFF\xD9";
    if (*marker == 0 || detail::stands_alone(*marker))
      continue;
    const std::size_t length = view.u16(at).value_or(0);
    if (length < 2 || length > bytes.size() - at)
      detail::fail_damaged(name, Codec::jpeg, "a segment ends early");
    if (*marker != 0xE0 && !has_turn) { // JFIF asks to be first
      out += exif_of(orientation);
      has_turn = true;
    }
    const std::size_t end = *marker == 0xDA ? end_of_scan(bytes, at + length) : at + length;
    if (is_of_pixels(*marker, bytes.substr(at + 2, length - 2))) {
      out += {'\xFF', static_cast<char>(*marker)};
      out += bytes.substr(at, end - at);
    }
    at = end;
  }
}

std::string bare_png(std::string_view bytes, const std::string& name) {
  constexpr std::array k_of_pixels{"tRNS"sv, "gAMA"sv, "cHRM"sv, "sRGB"sv,
                                   "iCCP"sv, "sBIT"sv, "cICP"sv, "bKGD"sv};
  constexpr std::size_t k_signature = 8, k_around = 12;
  const ByteView view(bytes);
  std::string out(bytes.substr(0, k_signature));
  for (std::size_t at = k_signature; at < bytes.size();) {
    const std::size_t length = view.u32(at).value_or(0);
    if (bytes.size() - at < k_around || length > bytes.size() - at - k_around)
      detail::fail_damaged(name, Codec::png, "a chunk ends early");
    const auto type = bytes.substr(at + 4, 4);
    const bool is_critical = type.front() >= 'A' && type.front() <= 'Z';
    if (is_critical || std::find(k_of_pixels.begin(), k_of_pixels.end(), type) != k_of_pixels.end())
      out += bytes.substr(at, length + k_around);
    if (type == "IEND"sv)
      break;
    at += length + k_around;
  }
  return out;
}

std::string bare_webp(std::string_view bytes, const std::string& name) {
  constexpr std::array k_of_pixels{"VP8 "sv, "VP8L"sv, "VP8X"sv, "ALPH"sv,
                                   "ANIM"sv, "ANMF"sv, "ICCP"sv};
  constexpr std::size_t k_header = 12, k_chunk_header = 8, k_flags = 8;
  constexpr char k_exif_and_xmp = 0x0C;
  const ByteView view(bytes, false);
  const std::size_t end = std::min(bytes.size(), view.u32(4).value_or(0) + std::size_t{8});
  std::string out(bytes.substr(0, k_header));
  for (std::size_t at = k_header; at + k_chunk_header <= end;) {
    const std::size_t length = view.u32(at + 4).value_or(0);
    if (length > end - at - k_chunk_header)
      detail::fail_damaged(name, Codec::webp, "a chunk ends early");
    const auto type = bytes.substr(at, 4);
    std::string chunk(bytes.substr(at, k_chunk_header + length + length % 2));
    if (type == "VP8X"sv && length > 0)
      chunk[k_flags] = static_cast<char>(chunk[k_flags] & ~k_exif_and_xmp);
    if (std::find(k_of_pixels.begin(), k_of_pixels.end(), type) != k_of_pixels.end())
      out += chunk;
    at += k_chunk_header + length + length % 2;
  }
  for (std::size_t i = 0; i < 4; ++i)
    out[4 + i] = static_cast<char>((out.size() - 8) >> (8 * i) & 0xFF);
  return out;
}

} // namespace

std::string without_metadata(std::string_view bytes, const std::string& name) {
  const auto info = probe(bytes, name);
  switch (info.codec) {
  case Codec::png: return bare_png(bytes, name);
  case Codec::webp: return bare_webp(bytes, name);
  case Codec::jpeg: break;
  }
  return bare_jpeg(bytes, info.exif_orientation, name);
}

} // namespace mlopsctl::imaging
