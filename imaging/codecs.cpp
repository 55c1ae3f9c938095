// SPDX-License-Identifier: Apache-2.0
// Which library a picture goes to, by its first bytes; the limits that hold for all of them.
#include "imaging/codecs.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "imaging/detail/codec_parts.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mlopsctl::imaging {
namespace {

using namespace std::string_view_literals;

/// Formats that people hand us and that we do not read, so that the message can name them.
struct Foreign {
  std::size_t offset;
  std::string_view magic;
  std::string_view name;
};
constexpr std::array<Foreign, 9> k_foreign{{
    {0, "GIF8"sv, "a GIF picture"},
    {0, "BM"sv, "a BMP picture"},
    {0, "II*\0"sv, "a TIFF picture"},
    {0, "MM\0*"sv, "a TIFF picture"},
    {4, "ftypavif"sv, "an AVIF picture"},
    {4, "ftyphei"sv, "a HEIC picture"},
    {4, "ftyp"sv, "a video (MP4)"},
    {0, "%PDF"sv, "a PDF document"},
    {0, "<"sv, "a text (HTML or XML)"},
}};

constexpr std::string_view k_what_to_do = "convert it to JPEG, PNG or WebP, or leave it out";

[[noreturn]] void fail_foreign(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    throw Error(Fault::input, name + ": the file is empty, a picture was expected",
                "get the file again or leave it out");
  for (const auto& foreign : k_foreign)
    if (bytes.substr(std::min(foreign.offset, bytes.size())).starts_with(foreign.magic))
      throw Error(Fault::input,
                  name + ": is " + std::string(foreign.name) + ", not a JPEG, PNG or WebP",
                  std::string(k_what_to_do));
  throw Error(Fault::input,
              name + ": is not a JPEG, PNG or WebP (it begins with '" +
                  printable(bytes.substr(0, 8)) + "')",
              std::string(k_what_to_do));
}

void check_size(const ImageInfo& info, const std::string& name) {
  const auto size = std::to_string(info.width) + "x" + std::to_string(info.height);
  if (info.width <= 0 || info.height <= 0)
    throw Error(Fault::input, name + ": the header says " + size + " pixels", "get the file again");
  if (std::int64_t{info.width} * info.height > max_pixels())
    throw TooManyPixels(Fault::input,
                        name + ": " + size + " is over the limit of " +
                            std::to_string(max_pixels()) + " pixels",
                        "make it smaller first, or " + limit_hint(Limit::pixels));
}

} // namespace

std::int64_t max_pixels() {
  return static_cast<std::int64_t>(limit(Limit::pixels));
}

namespace detail {

void fail_damaged(const std::string& name, Codec codec, std::string_view text) {
  throw Error(Fault::input,
              name + ": the " + std::string(codec_name(codec)) +
                  " data is cut off or damaged: " + printable(text),
              "get the file again or leave it out");
}

} // namespace detail

std::string_view codec_name(Codec codec) {
  return codec == Codec::jpeg ? "JPEG" : codec == Codec::png ? "PNG" : "WebP";
}

std::optional<Codec> sniff(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF"sv))
    return Codec::jpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv))
    return Codec::png;
  if (bytes.starts_with("RIFF"sv) &&
      bytes.substr(std::min<std::size_t>(8, bytes.size())).starts_with("WEBP"sv))
    return Codec::webp;
  return std::nullopt;
}

ImageInfo probe(std::string_view bytes, const std::string& name) {
  const auto codec = sniff(bytes);
  if (!codec)
    fail_foreign(bytes, name);
  ImageInfo info = *codec == Codec::jpeg  ? detail::probe_jpeg(bytes, name)
                   : *codec == Codec::png ? detail::probe_png(bytes, name)
                                          : detail::probe_webp(bytes, name);
  check_size(info, name);
  info.file_bytes = bytes.size();
  return info;
}

ImageInfo probe_file(const std::string& path) {
  const auto source = open_source(path);
  return probe(source->mapped().value_or(std::string_view{}), path); // only touched pages are read
}

Image decode(std::string_view bytes, const std::string& name) {
  const ImageInfo info = probe(bytes, name);
  switch (info.codec) {
  case Codec::jpeg: return detail::decode_jpeg(bytes, info, name);
  case Codec::png: return detail::decode_png(bytes, info, name);
  case Codec::webp: break;
  }
  return detail::decode_webp(bytes, info, name);
}

Image decode_grey(std::string_view bytes, const std::string& name, int scale) {
  const ImageInfo info = probe(bytes, name);
  if (info.codec == Codec::jpeg)
    if (auto grey = detail::decode_jpeg_grey(bytes, info, scale, name))
      return std::move(*grey);
  Image grey = to_grey(decode(bytes, name));
  if (scale == 1)
    return grey;
  return resize(grey, (grey.width + scale - 1) / scale, (grey.height + scale - 1) / scale,
                Interpolation::area);
}

Image decode_file(const std::string& path) {
  const auto source = open_source(path);
  return decode(source->mapped().value_or(std::string_view{}), path);
}

} // namespace mlopsctl::imaging
