// SPDX-License-Identifier: Apache-2.0
// What a picture's file says besides its pixels: where, when and with which camera it was taken.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::imaging {

/// The same picture, pixel for pixel and not encoded again, without EXIF, XMP, IPTC, comments and
/// whatever lies behind its end. The turn that a JPEG's EXIF asks for stays, and so do colour
/// profiles. \param bytes of a JPEG, PNG or WebP that can be decoded. \param name for messages.
/// \throws Error(input) if it is none.
std::string without_metadata(std::string_view bytes, const std::string& name);

} // namespace mlopsctl::imaging
