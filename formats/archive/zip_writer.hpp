// SPDX-License-Identifier: Apache-2.0
// Zip archives whose bytes depend on their contents only.
#pragma once

#include "core/io.hpp"
#include "formats/archive/archive.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// Members are added in any order and written sorted by name: deflated (stored where that is
/// smaller), dated 1980-01-01, with Unix modes 0644 or 0755 and UTF-8 names. What is compressed
/// waits in an unlinked temporary file; as many members as there are cores are compressed at once,
/// and are in memory with what they become.
class ZipWriter {
public:
  ZipWriter();
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// \throws Error(input) if the name is not a plain one, or the file is over 4 GiB (a larger one
  /// needs zip64, which Lambda and Greengrass do not want).
  void add(const std::string& name, std::string_view bytes, bool is_executable = false);
  /// Bytes of all members so far, unpacked.
  std::uint64_t unpacked_bytes() const;
  /// Writes everything; once. The sink is not finished. \throws Error(input) if a name occurs
  /// twice, or the archive is over 4 GiB or 65,534 members.
  PackResult finish(ByteSink& sink);

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::formats
