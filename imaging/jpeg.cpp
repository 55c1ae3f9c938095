// SPDX-License-Identifier: Apache-2.0
// JPEG through libjpeg-turbo; the header and the EXIF orientation by our own bounded walk over the
// markers (ITU-T T.81 annex B, Exif 2.32 section 4.5).
#include "core/error.hpp"
#include "imaging/detail/byte_view.hpp"
#include "imaging/detail/codec_parts.hpp"
#include "imaging/jpeg_reduced.hpp"
#include "imaging/yuv.hpp"

#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <optional>

namespace mlopsctl::imaging {
namespace {

using namespace std::string_view_literals;
using detail::ByteView;

/// \param tiff the TIFF structure of an Exif block. \return 1..8; 1 where it says nothing valid.
int orientation_in_tiff(std::string_view tiff) {
  if (!tiff.starts_with("II"sv) && !tiff.starts_with("MM"sv))
    return 1;
  constexpr unsigned k_tag_orientation = 0x0112;
  constexpr std::size_t k_entry_bytes = 12;
  const ByteView view(tiff, tiff.front() == 'M');
  const std::size_t directory = view.u32(4).value_or(0);
  const std::size_t count = view.u16(directory).value_or(0);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + i * k_entry_bytes;
    const auto tag = view.u16(entry);
    if (!tag)
      return 1;
    if (*tag != k_tag_orientation)
      continue;
    const unsigned value = view.u16(entry + 8).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

bool is_start_of_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

struct Handle {
  explicit Handle(tjhandle handle) : value(handle) {
    if (!value)
      throw Error(Fault::internal, std::string("libjpeg-turbo: ") + tjGetErrorStr2(nullptr));
  }
  ~Handle() { tjDestroy(value); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  tjhandle value;
};

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// libjpeg-turbo fills what is missing with grey and only warns. Harmless are warnings that do not
/// touch the pixels; as only the first one is kept, the end marker has to be there as well.
bool is_harmless_warning(tjhandle handle, std::string_view bytes) {
  const std::string_view text = tjGetErrorStr2(handle);
  constexpr std::array<std::string_view, 4> k_harmless{"extraneous bytes before marker",
                                                       "unknown JFIF revision", "Adobe", "ICC"};
  return tjGetErrorCode(handle) == TJERR_WARNING &&
         std::any_of(k_harmless.begin(), k_harmless.end(),
                     [&](auto known) { return text.find(known) != text.npos; }) &&
         bytes.rfind("\xFF\xD9"sv) != bytes.npos;
}

void decode_into(tjhandle handle, std::string_view bytes, Image& image, TJPF format,
                 const std::string& name) {
  const int result =
      tjDecompress2(handle, as_bytes(bytes), bytes.size(), image.pixels.data(), image.width,
                    image.width * tjPixelSize[format], image.height, format, TJFLAG_LIMITSCANS);
  if (result != 0 && !is_harmless_warning(handle, bytes))
    detail::fail_damaged(name, Codec::jpeg, tjGetErrorStr2(handle));
}

/// Programs that write CMYK JPEG (Adobe's) store it inverted: 255 is no ink.
Image rgb_from_inverted_cmyk(const Image& cmyk) {
  Image image(cmyk.width, cmyk.height, 3);
  const std::uint8_t* in = cmyk.pixels.data();
  for (std::size_t i = 0; i < image.pixels.size(); i += 3, in += 4)
    for (std::size_t c = 0; c < 3; ++c)
      image.pixels[i + c] = static_cast<std::uint8_t>((in[c] * in[3] + 127) / 255);
  return image;
}

/// \return TJCS. \throws Error(input) if this header is not the one that probe_jpeg() read.
int read_header(tjhandle handle, std::string_view bytes, const ImageInfo& info,
                const std::string& name) {
  int width = 0, height = 0, subsampling = 0, colour = 0;
  if (tjDecompressHeader3(handle, as_bytes(bytes), bytes.size(), &width, &height, &subsampling,
                          &colour) != 0 &&
      tjGetErrorCode(handle) != TJERR_WARNING)
    detail::fail_damaged(name, Codec::jpeg, tjGetErrorStr2(handle));
  if (width != info.width || height != info.height)
    detail::fail_damaged(name, Codec::jpeg, "two frame headers disagree");
  return colour;
}

} // namespace

ImageInfo detail::probe_jpeg(std::string_view bytes, const std::string& name) {
  ImageInfo info;
  const ByteView view(bytes);
  std::size_t at = 2;
  for (;;) {
    while (at < bytes.size() && view.u8(at) != 0xFFU)
      ++at; // padding and rubbish between segments
    while (at < bytes.size() && view.u8(at) == 0xFFU)
      ++at;
    const auto marker = view.u8(at++);
    if (!marker || *marker == 0xDA || *marker == 0xD9)
      fail_damaged(name, Codec::jpeg, "there is no frame header");
    if (*marker == 0 || stands_alone(*marker))
      continue;
    const auto length = view.u16(at);
    if (!length || *length < 2)
      fail_damaged(name, Codec::jpeg, "the header ends early");
    const auto segment = bytes.substr(at).substr(2, *length - 2);
    if (is_start_of_frame(*marker)) {
      const auto height = view.u16(at + 3), width = view.u16(at + 5), components = view.u8(at + 7);
      if (!height || !width || !components)
        fail_damaged(name, Codec::jpeg, "the header ends early");
      info.width = static_cast<int>(*width);
      info.height = static_cast<int>(*height);
      info.channels = *components == 1 ? 1 : 3;
      return info;
    }
    if (*marker == 0xE1 && segment.starts_with("Exif\0\0"sv))
      info.exif_orientation = orientation_in_tiff(segment.substr(6));
    at += *length;
  }
}

Image detail::decode_jpeg(std::string_view bytes, const ImageInfo& info, const std::string& name) {
  const Handle handle(tjInitDecompress());
  const int colour = read_header(handle.value, bytes, info, name);
  if (colour == TJCS_CMYK || colour == TJCS_YCCK) {
    Image cmyk(info.width, info.height, 4);
    decode_into(handle.value, bytes, cmyk, TJPF_CMYK, name);
    return rgb_from_inverted_cmyk(cmyk);
  }
  Image image(info.width, info.height, colour == TJCS_GRAY ? 1 : 3);
  decode_into(handle.value, bytes, image, image.channels == 1 ? TJPF_GRAY : TJPF_RGB, name);
  return image;
}

std::optional<Image> detail::decode_jpeg_grey(std::string_view bytes, const ImageInfo& info,
                                              int scale, const std::string& name) {
  if (auto reduced = reduced_grey_jpeg(bytes, scale);
      reduced && reduced->width == (info.width + scale - 1) / scale &&
      reduced->height == (info.height + scale - 1) / scale)
    return reduced;
  const Handle handle(tjInitDecompress());
  const int colour = read_header(handle.value, bytes, info, name);
  if (colour == TJCS_CMYK || colour == TJCS_YCCK)
    return std::nullopt;
  const tjscalingfactor factor{1, scale};
  Image image(TJSCALED(info.width, factor), TJSCALED(info.height, factor), 1);
  decode_into(handle.value, bytes, image, TJPF_GRAY, name);
  return image;
}

namespace {

void check_jpeg_size(int width, int height) {
  constexpr int k_most_px = 65535;
  if (width < 1 || height < 1 || width > k_most_px || height > k_most_px)
    throw Error(Fault::input,
                "a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                    " cannot be a JPEG",
                "1 to 65535 pixels a side can be");
}

/// What libjpeg-turbo wrote, or its complaint.
class JpegBytes {
public:
  JpegBytes() = default;
  ~JpegBytes() { tjFree(data); }
  JpegBytes(const JpegBytes&) = delete;
  JpegBytes& operator=(const JpegBytes&) = delete;
  std::string text(int result, tjhandle handle) const {
    if (result != 0)
      throw Error(Fault::internal, std::string("JPEG: ") + tjGetErrorStr2(handle));
    return {reinterpret_cast<const char*>(data), size};
  }
  unsigned char* data = nullptr;
  unsigned long size = 0;
};

YuvImage grey_to_yuv(const Image& image) {
  YuvImage yuv(image.width, image.height);
  const auto stride = static_cast<std::size_t>(yuv.padded_width());
  for (int y = 0; y < yuv.padded_height(); ++y) {
    const auto* row = image.row(std::min(y, image.height - 1));
    auto* to = yuv.y.data() + static_cast<std::size_t>(y) * stride;
    std::copy_n(row, image.width, to);
    to[stride - 1] = row[image.width - 1];
  }
  constexpr std::uint8_t k_no_colour = 128;
  std::fill(yuv.cb.begin(), yuv.cb.end(), k_no_colour);
  std::fill(yuv.cr.begin(), yuv.cr.end(), k_no_colour);
  return yuv;
}

constexpr int k_exact = TJFLAG_ACCURATEDCT; // the fast transform differs by CPU

} // namespace

std::string encode_jpeg(const Image& image, int quality) {
  constexpr int k_full_colour_from = 90;
  check_jpeg_size(image.width, image.height);
  const TJSAMP subsampling = image.channels == 1             ? TJSAMP_GRAY
                             : quality >= k_full_colour_from ? TJSAMP_444
                                                             : TJSAMP_420;
  const Handle handle(tjInitCompress());
  JpegBytes bytes;
  return bytes.text(tjCompress2(handle.value, image.pixels.data(), image.width, 0, image.height,
                                image.channels == 1 ? TJPF_GRAY : TJPF_RGB, &bytes.data,
                                &bytes.size, subsampling, std::clamp(quality, 1, 100), k_exact),
                    handle.value);
}

std::string encode_jpeg(const YuvImage& image, int quality) {
  check_jpeg_size(image.width, image.height);
  const Handle handle(tjInitCompress());
  std::array<const unsigned char*, 3> planes{image.y.data(), image.cb.data(), image.cr.data()};
  JpegBytes bytes;
  return bytes.text(tjCompressFromYUVPlanes(handle.value, planes.data(), image.width, nullptr,
                                            image.height, TJSAMP_420, &bytes.data, &bytes.size,
                                            std::clamp(quality, 1, 100), k_exact),
                    handle.value);
}

Image to_rgb(const YuvImage& yuv) {
  const Handle handle(tjInitDecompress());
  std::array<const unsigned char*, 3> planes{yuv.y.data(), yuv.cb.data(), yuv.cr.data()};
  Image image(yuv.width, yuv.height, 3);
  if (tjDecodeYUVPlanes(handle.value, planes.data(), nullptr, TJSAMP_420, image.pixels.data(),
                        image.width, 0, image.height, TJPF_RGB, 0) != 0)
    throw Error(Fault::internal, std::string("YUV: ") + tjGetErrorStr2(handle.value));
  return image;
}

YuvImage to_yuv(const Image& image) {
  if (image.channels == 1)
    return grey_to_yuv(image);
  const Handle handle(tjInitCompress());
  YuvImage yuv(image.width, image.height);
  std::array<unsigned char*, 3> planes{yuv.y.data(), yuv.cb.data(), yuv.cr.data()};
  if (tjEncodeYUVPlanes(handle.value, image.pixels.data(), image.width, 0, image.height, TJPF_RGB,
                        planes.data(), nullptr, TJSAMP_420, 0) != 0)
    throw Error(Fault::internal, std::string("YUV: ") + tjGetErrorStr2(handle.value));
  return yuv;
}

Image to_grey(const YuvImage& yuv) {
  Image image(yuv.width, yuv.height, 1);
  for (int y = 0; y < yuv.height; ++y)
    std::copy_n(yuv.y.data() +
                    static_cast<std::size_t>(y) * static_cast<std::size_t>(yuv.padded_width()),
                yuv.width, image.row(y));
  return image;
}

} // namespace mlopsctl::imaging
