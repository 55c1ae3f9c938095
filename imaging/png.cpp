// SPDX-License-Identifier: Apache-2.0
// PNG through libpng. Its errors leave by longjmp, so the functions that call it hold no C++ object
// that would have to be destroyed.
#include "core/error.hpp"
#include "imaging/detail/codec_parts.hpp"

#include <png.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>

namespace mlopsctl::imaging {
namespace {

using namespace std::string_view_literals;

struct Stream {
  std::string_view input;
  std::string* output = nullptr;
  std::array<char, 160> message{};
};

void on_error(png_structp png, png_const_charp text) {
  auto* stream = static_cast<Stream*>(png_get_error_ptr(png));
  std::snprintf(stream->message.data(), stream->message.size(), "%s", text);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, png_size_t count) {
  auto* stream = static_cast<Stream*>(png_get_io_ptr(png));
  if (count > stream->input.size())
    png_error(png, "the file ends early");
  std::memcpy(to, stream->input.data(), count);
  stream->input.remove_prefix(count);
}

void on_write(png_structp png, png_bytep from, png_size_t count) {
  static_cast<Stream*>(png_get_io_ptr(png))
      ->output->append(reinterpret_cast<const char*>(from), count);
}

void on_flush(png_structp) {}

/// 8 bits a channel, palette and low depths expanded, alpha and transparency dropped.
void set_transforms(png_structp png, png_infop info) {
  const auto type = png_get_color_type(png, info);
  if (png_get_bit_depth(png, info) == 16)
    png_set_strip_16(png); // the high byte, as OpenCV and PIL do: the same pixels as in training
  if (type == PNG_COLOR_TYPE_PALETTE)
    png_set_palette_to_rgb(png);
  if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
    png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

/// \return false with the message in stream.
bool read_rows(png_structp png, png_infop info, Stream& stream, std::uint8_t* pixels,
               std::size_t stride, png_bytepp rows, std::size_t height) {
  if (setjmp(png_jmpbuf(png)) != 0) // NOLINT(cert-err52-cpp): libpng's way
    return false;
  png_set_read_fn(png, &stream, on_read);
  png_read_info(png, info);
  set_transforms(png, info);
  if (png_get_rowbytes(png, info) != stride)
    png_error(png, "the header is not consistent");
  for (std::size_t y = 0; y < height; ++y)
    rows[y] = pixels + y * stride;
  png_read_image(png, rows);
  png_read_end(png, nullptr); // the checksums of the tail; a file cut there is cut as well
  return true;
}

/// Photographs: less than half the time of zlib's default of 6, and a little smaller, because
/// filtered rows have few long repeats to search for. Drawn pages get about a tenth larger.
constexpr int k_compression_level = 3;

bool write_rows(png_structp png, png_infop info, Stream& stream, const Image& image) {
  if (setjmp(png_jmpbuf(png)) != 0) // NOLINT(cert-err52-cpp): libpng's way
    return false;
  png_set_write_fn(png, &stream, on_write, on_flush);
  png_set_compression_level(png, k_compression_level);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int y = 0; y < image.height; ++y)
    png_write_row(png, image.row(y));
  png_write_end(png, nullptr);
  return true;
}

} // namespace

ImageInfo detail::probe_png(std::string_view bytes, const std::string& name) {
  constexpr std::size_t k_header_bytes = 33; // signature, and IHDR with its checksum
  if (bytes.size() < k_header_bytes || bytes.substr(12, 4) != "IHDR"sv)
    fail_damaged(name, Codec::png, "there is no complete header");
  const auto u32 = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  };
  constexpr std::uint32_t k_most = 0x7FFFFFFF; // PNG specification 11.2.2
  if (u32(16) > k_most || u32(20) > k_most)
    fail_damaged(name, Codec::png, "the header's size is not possible");
  ImageInfo info;
  info.codec = Codec::png;
  info.width = static_cast<int>(u32(16));
  info.height = static_cast<int>(u32(20));
  const int type = static_cast<unsigned char>(bytes[25]);
  info.channels = type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3;
  return info;
}

Image detail::decode_png(std::string_view bytes, const ImageInfo& info, const std::string& name) {
  Stream stream{bytes, nullptr, {}};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning);
  png_infop header = png ? png_create_info_struct(png) : nullptr;
  if (!header) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw Error(Fault::internal, "libpng: cannot start");
  }
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // ours are checked already
  Image image(info.width, info.height, info.channels);
  std::vector<png_bytep> rows(static_cast<std::size_t>(info.height));
  const bool is_read =
      read_rows(png, header, stream, image.pixels.data(), image.stride(), rows.data(), rows.size());
  png_destroy_read_struct(&png, &header, nullptr);
  if (!is_read)
    fail_damaged(name, Codec::png, stream.message.data());
  return image;
}

std::string encode_png(const Image& image) {
  std::string bytes;
  Stream stream{{}, &bytes, {}};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning);
  png_infop header = png ? png_create_info_struct(png) : nullptr;
  const bool is_written = header && write_rows(png, header, stream, image);
  png_destroy_write_struct(&png, &header);
  if (!is_written)
    throw Error(Fault::internal, std::string("PNG: ") + stream.message.data());
  return bytes;
}

} // namespace mlopsctl::imaging
