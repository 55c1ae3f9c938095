// SPDX-License-Identifier: Apache-2.0
// WebP through libwebp: still pictures, lossy and lossless; alpha is dropped.
#include "core/error.hpp"
#include "imaging/detail/codec_parts.hpp"

#include <webp/decode.h>

namespace mlopsctl::imaging {
namespace {

const std::uint8_t* as_bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

} // namespace

ImageInfo detail::probe_webp(std::string_view bytes, const std::string& name) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(as_bytes(bytes), bytes.size(), &features) != VP8_STATUS_OK)
    fail_damaged(name, Codec::webp, "there is no complete header");
  if (features.has_animation)
    throw Error(Fault::input, name + ": is an animated WebP, a still picture was expected",
                "save one of its frames as a picture");
  ImageInfo info;
  info.codec = Codec::webp;
  info.width = features.width;
  info.height = features.height;
  return info;
}

Image detail::decode_webp(std::string_view bytes, const ImageInfo& info, const std::string& name) {
  Image image(info.width, info.height, 3);
  if (!WebPDecodeRGBInto(as_bytes(bytes), bytes.size(), image.pixels.data(), image.pixels.size(),
                         static_cast<int>(image.stride())))
    fail_damaged(name, Codec::webp, "not all pixels are there");
  return image;
}

} // namespace mlopsctl::imaging
