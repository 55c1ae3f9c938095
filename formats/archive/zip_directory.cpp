// SPDX-License-Identifier: Apache-2.0
#include "formats/archive/zip_directory.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_entry_bytes = 46;
constexpr std::size_t k_end_bytes = 22;
constexpr std::size_t k_locator_bytes = 20;
constexpr std::size_t k_end64_bytes = 56;
constexpr std::uint64_t k_see_zip64 = 0xFFFFFFFF;

/// Little-endian, \p count bytes; 0 behind the end.
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0 && at + count <= bytes.size();)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool has_mark(std::string_view bytes, std::size_t at, std::string_view mark) {
  return at <= bytes.size() && bytes.substr(at).starts_with(mark);
}

/// Where the entries may begin. They end at the end record, so their size counts, not the offset,
/// which is wrong where something stands before the archive.
std::size_t first_entry(std::string_view zip, std::size_t end) {
  std::uint64_t size = number_at(zip, end + 12, 4);
  std::size_t behind = end;
  if (size == k_see_zip64 && end >= k_locator_bytes &&
      has_mark(zip, end - k_locator_bytes, "PK\x06\x07")) {
    const auto at = number_at(zip, end - k_locator_bytes + 8, 8);
    if (at < end && has_mark(zip, static_cast<std::size_t>(at), "PK\x06\x06") &&
        at + k_end64_bytes <= zip.size()) {
      behind = static_cast<std::size_t>(at);
      size = number_at(zip, behind + 40, 8);
    }
  }
  const auto from = behind - static_cast<std::size_t>(std::min<std::uint64_t>(size, behind));
  return zip.find("PK\x01\x02", from);
}

} // namespace

std::optional<ZipDirectory> find_zip_directory(std::string_view zip, std::uint64_t most) {
  const auto end = zip.rfind("PK\x05\x06");
  if (end == std::string_view::npos || end + k_end_bytes > zip.size())
    return std::nullopt;
  ZipDirectory directory;
  directory.end_bytes = end + k_end_bytes + number_at(zip, end + 20, 2);
  for (std::size_t at = first_entry(zip, end);
       at < end && directory.members <= most && has_mark(zip, at, "PK\x01\x02");
       ++directory.members)
    at += k_entry_bytes +
          static_cast<std::size_t>(number_at(zip, at + 28, 2) + number_at(zip, at + 30, 2) +
                                   number_at(zip, at + 32, 2));
  return directory;
}

} // namespace mlopsctl::formats
