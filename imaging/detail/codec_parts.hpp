// SPDX-License-Identifier: Apache-2.0
// What codecs.cpp asks of each picture library. Only this room includes it.
#pragma once

#include "imaging/codecs.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::imaging::detail {

/// Each probe reads a header that sniff() recognised; each decode gets what its probe returned.
/// All \throws Error(input).
ImageInfo probe_jpeg(std::string_view bytes, const std::string& name);
ImageInfo probe_png(std::string_view bytes, const std::string& name);
ImageInfo probe_webp(std::string_view bytes, const std::string& name);

Image decode_jpeg(std::string_view bytes, const ImageInfo& info, const std::string& name);
Image decode_png(std::string_view bytes, const ImageInfo& info, const std::string& name);
Image decode_webp(std::string_view bytes, const ImageInfo& info, const std::string& name);

/// \param scale 1, 2, 4 or 8. \return nothing for the few JPEGs that have no luma to take (CMYK).
std::optional<Image> decode_jpeg_grey(std::string_view bytes, const ImageInfo& info, int scale,
                                      const std::string& name);

/// "<name>: the <codec> data is cut off or damaged: <text>".
[[noreturn]] void fail_damaged(const std::string& name, Codec codec, std::string_view text);

} // namespace mlopsctl::imaging::detail
