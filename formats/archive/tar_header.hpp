// SPDX-License-Identifier: Apache-2.0
// Tar headers that depend on name and size only (POSIX.1-2017, pax interchange format).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

inline constexpr std::size_t k_tar_block_bytes = 512;

/// What stands before a regular file's bytes: a ustar header, and a pax header before it where the
/// name is not ASCII or longer than 100 bytes, or the size needs more than 33 bits. Mode \p mode,
/// uid, gid and mtime 0. The bytes of the file follow, filled with zeros up to a multiple of 512;
/// an archive ends with two blocks of zeros.
/// libarchive is not used here: in the "C" locale it crashes on names that are not ASCII (3.6.2).
std::string tar_header(std::string_view name, std::uint64_t size_bytes, unsigned mode = 0644);

/// What stands for a folder; nothing follows.
std::string tar_folder_header(std::string_view name, unsigned mode = 0755);

} // namespace mlopsctl::formats
