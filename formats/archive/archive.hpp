// SPDX-License-Identifier: Apache-2.0
// Archives: reading tar, tar.gz and zip from people who are not trusted, and writing tar.gz whose
// bytes depend on its contents only.
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

/// Bounds on what an archive may unpack to. N passes, N+1 is refused.
struct ArchiveLimits {
  std::uint64_t members = 100'000;
  std::uint64_t unpacked_bytes = std::uint64_t{8} << 30;
  /// Unpacked bytes for each byte of the archive; looked at beyond k_ratio_floor_bytes.
  std::uint64_t expansion_ratio = 200;
};
inline constexpr std::uint64_t k_ratio_floor_bytes = std::uint64_t{64} << 20;

enum class MemberType { file, folder, symlink, hard_link, other };

struct ArchiveMember {
  std::string name;             ///< '/' between parts, without a leading "./"
  std::uint64_t size_bytes = 0; ///< as the archive states it
  MemberType type = MemberType::file;
  unsigned mode = 0644;    ///< permission bits
  std::string target = {}; ///< of a link, as it stands there
  /// Where its bytes begin in a tar that is not compressed.
  std::uint64_t offset = 0;
};

/// Pulls the members of an archive in their order.
class ArchiveReader {
public:
  virtual ~ArchiveReader() = default;
  /// \return nothing at the end; folders are passed over. \throws Error(input), naming the member,
  /// for absolute names, "..", links, devices, names that occur twice, limits, and whatever cannot
  /// be read.
  virtual std::optional<ArchiveMember> next() = 0;
  /// The bytes of the member that next() gave last; valid until the following next(). Cannot be
  /// rewound.
  virtual ByteSource& bytes() = 0;
};

/// \param source tar, tar.gz or zip, told by its first bytes; must outlive the reader.
/// \throws Error(input) if it is none of them.
std::unique_ptr<ArchiveReader> open_archive(ByteSource& source, const ArchiveLimits& limits = {});
/// Every member of a tar, also folders, links and devices, under whatever name it has: for looking
/// at layers of images, never for unpacking.
std::unique_ptr<ArchiveReader> open_tar_listing(ByteSource& source, const ArchiveLimits& limits);
/// What \p source, which must outlive it, unpacks to: gzip, zstd, or the same bytes.
std::unique_ptr<ByteSource> open_unpacked(ByteSource& source);

/// "tar", "gzip", "zip" by the first 512 bytes of a file; empty if it is none.
std::string_view archive_kind(std::string_view head);

/// A file to pack. `open` is called once, when its turn comes; without one it is a folder.
struct PackItem {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::function<std::unique_ptr<ByteSource>()> open;
  bool is_executable = false; ///< mode 0755 instead of 0644
  bool is_shared = false;     ///< a folder of mode 1777, as /tmp is
};

struct PackedItem {
  std::string name;
  std::uint64_t size_bytes = 0;
  std::string digest; ///< "sha256:..." of the file
};

struct PackResult {
  std::vector<PackedItem> items; ///< sorted by name
  std::uint64_t size_bytes = 0;  ///< of the archive
  std::string digest;            ///< of the archive
};

/// Writes tar.gz: members sorted by name, mtime 0, uid and gid 0, mode 0644 (programs 0755); gzip
/// members of 1 MiB of tar each, compressed on \p jobs threads. The bytes depend on names and
/// contents only. Memory: about 6 MiB and 5 MiB a thread. The sink is not finished. \throws
/// Error(input) if a name is not a plain one or occurs twice, or a file has not the stated size.
PackResult write_tar_gz(ByteSink& sink, std::vector<PackItem> items, int jobs);
/// The same tar without compression.
PackResult write_tar(ByteSink& sink, std::vector<PackItem> items);

struct LayerResult {
  PackResult archive;
  std::string diff_id; ///< "sha256:..." of the tar before it is compressed
  std::uint64_t unpacked_bytes = 0;
};

/// As write_tar_gz, a layer of an image: each folder above a file is a member too, before what is
/// in it, with mode 0755.
LayerResult write_layer(ByteSink& sink, std::vector<PackItem> items, int jobs);

} // namespace mlopsctl::formats
