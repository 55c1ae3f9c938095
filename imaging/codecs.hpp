// SPDX-License-Identifier: Apache-2.0
// Pictures in and out of bytes: JPEG (libjpeg-turbo), PNG (libpng), WebP (libwebp), found by
// content, never by name.
#pragma once

#include "core/error.hpp"
#include "imaging/image.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::imaging {

enum class Codec { jpeg, png, webp };
std::string_view codec_name(Codec codec); ///< "JPEG", "PNG", "WebP"

/// What a header says, without decoding pixels.
struct ImageInfo {
  Codec codec = Codec::jpeg;
  int width = 0; ///< px, as stored (before any EXIF turn)
  int height = 0;
  int channels = 3;         ///< 1 or 3 after decoding (alpha is dropped)
  int exif_orientation = 1; ///< 1..8; JPEG only
  std::uint64_t file_bytes = 0;
};

/// A picture that is over Limit::pixels.
class TooManyPixels : public Error {
public:
  using Error::Error;
};

/// Limit::pixels: larger pictures are refused before memory is taken.
std::int64_t max_pixels();

/// Codec by the first bytes, nothing if they are none of ours.
std::optional<Codec> sniff(std::string_view bytes);

/// \param name for messages. \throws Error(input) if it is no picture of ours, is truncated in its
/// header, or is too large.
ImageInfo probe(std::string_view bytes, const std::string& name);
/// Reads only as much of the file as the header needs.
ImageInfo probe_file(const std::string& path);

/// \return RGB (or grey where the file is grey), pixels as stored: EXIF turns are not applied here.
/// \throws Error(input) for broken or truncated data: half a picture is never returned.
Image decode(std::string_view bytes, const std::string& name);
Image decode_file(const std::string& path);

/// The brightness alone (of a JPEG its luma as stored, without a way through colour), optionally
/// smaller: a JPEG is then decoded at that size, which costs a fraction; others are averaged down.
/// \param scale 1, 2, 4 or 8: each side is divided by it, rounded up.
/// \return 1 channel, pixels as stored. \throws Error(input) as decode().
Image decode_grey(std::string_view bytes, const std::string& name, int scale = 1);

/// \param quality 1..100. 4:2:0 below 90, 4:4:4 from 90 on (colour edges matter in training data).
std::string encode_jpeg(const Image& image, int quality = 95);
/// \return the same bytes for the same pixels.
std::string encode_png(const Image& image);

} // namespace mlopsctl::imaging
