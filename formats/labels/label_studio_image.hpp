// SPDX-License-Identifier: Apache-2.0
// How Label Studio names an image, and how we do.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// "/data/local-files/?d=frames%2Fa%20b.jpg" -> "frames/a b.jpg" (below the server's document
/// root), "/data/upload/3/0a1b2c3d-a.jpg" -> "a.jpg" (the name it was uploaded under), both also
/// behind a host; everything else as it is.
std::string ref_of_studio_image(std::string_view image);

/// \p url followed by \p ref, percent-encoded; URLs and s3:// as they are, and so is everything
/// without \p url.
std::string studio_image_of_ref(std::string_view ref, std::string_view url);

/// True for what a browser or a connected storage can open.
bool is_studio_address(std::string_view image);

} // namespace mlopsctl::formats
