// SPDX-License-Identifier: Apache-2.0
// A zip's directory, before libarchive takes memory for each of its entries.
// Source: PKWARE's APPNOTE.TXT, 4.3.12 (entries), 4.3.14 (zip64), 4.3.16 (end).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mlopsctl::formats {

struct ZipDirectory {
  std::uint64_t members = 0;   ///< entries that are there, whatever the end says of their number
  std::uint64_t end_bytes = 0; ///< where the archive ends, its comment included
};

/// \param zip the whole file. \param most members are counted, and one more. Nothing if it has no
/// directory.
std::optional<ZipDirectory> find_zip_directory(std::string_view zip, std::uint64_t most);

} // namespace mlopsctl::formats
