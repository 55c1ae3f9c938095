// SPDX-License-Identifier: Apache-2.0
// How every room reads and writes without knowing where: ByteSource, ByteSink, Folder, FolderSink.
// Files, folders and "-" are here; storage/ adds the remote ones (core/remote.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl {

/// Bytes to read, from the start to the end, as often as wanted.
class ByteSource {
public:
  virtual ~ByteSource() = default;
  /// Fills the front of \p buffer; 0 only at the end. \throws Error(input) when reading fails.
  virtual std::size_t read(std::span<char> buffer) = 0;
  virtual void rewind() = 0;
  virtual std::optional<std::uint64_t> size_bytes() const = 0;
  /// All bytes at once where that costs no memory (a mapped file), else nothing.
  virtual std::optional<std::string_view> mapped() const { return std::nullopt; }
  /// A few bytes from anywhere, without mapping pages for them; any thread. False: use mapped().
  virtual bool read_at(std::uint64_t offset, std::span<char> bytes) const {
    static_cast<void>(offset);
    static_cast<void>(bytes);
    return false;
  }
  /// Pages before \p offset of a mapped source will not be read again soon: keeps resident memory
  /// bounded.
  virtual void drop_before(std::uint64_t offset) { static_cast<void>(offset); }
  virtual const std::string& name() const = 0; ///< for messages
};

/// Bytes to write. Nothing is visible under the final name before finish(); without it, nothing
/// ever is.
class ByteSink {
public:
  virtual ~ByteSink() = default;
  virtual void write(std::string_view bytes) = 0;
  virtual void finish() = 0;
  virtual const std::string& name() const = 0;
};

struct FolderEntry {
  std::string name; ///< relative to the folder, '/' between parts
  std::uint64_t size_bytes = 0;
};

/// A tree of named files to read.
class Folder {
public:
  virtual ~Folder() = default;
  /// Every file below, sorted by name as bytes; hidden ones (a part starting with '.') are left
  /// out.
  virtual std::vector<FolderEntry> list() const = 0;
  virtual bool contains(const std::string& name) const = 0;
  virtual std::unique_ptr<ByteSource> open(const std::string& name) const = 0;
  virtual const std::string& name() const = 0;
};

/// A tree of named files to write: built beside its final place, visible as a whole after finish().
class FolderSink {
public:
  virtual ~FolderSink() = default;
  /// \param name relative, '/' between parts, no ".."; folders are made as needed. Safe to call
  /// from several threads.
  virtual std::unique_ptr<ByteSink> create(const std::string& name) = 0;
  void write(const std::string& name, std::string_view bytes);
  virtual void finish() = 0;
  virtual const std::string& name() const = 0;
};

/// What to do when the output is there already.
enum class Existing { refuse, replace };

/// \param path a file, or "-" for stdin (spooled to an unlinked temporary file so that it can be
/// rewound). \throws Error(input) if missing, a folder, or unreadable.
std::unique_ptr<ByteSource> open_source(const std::string& path);
std::unique_ptr<ByteSource> source_from_text(std::string text, std::string name);
/// All of \p source in an unlinked temporary file, mapped. \param name for messages.
std::unique_ptr<ByteSource> spool_source(ByteSource& source, const std::string& name);
/// Whether \p path names a folder, here or at a remote place; false for "-" and what is not there.
bool is_folder(const std::string& path);
/// Whether it names a file that is there.
bool is_file(const std::string& path);

/// \param path a file, or "-" for stdout. Written to a temporary name in the same folder (mode from
/// the umask), then fsync, rename, fsync of the folder. \throws Error(usage) if it exists and \p
/// existing is refuse.
std::unique_ptr<ByteSink> create_sink(const std::string& path, Existing existing);

/// Bytes put aside in an unlinked temporary file ($TMPDIR or /tmp), so that memory stays bounded.
class Spool {
public:
  virtual ~Spool() = default;
  virtual void write(std::string_view bytes) = 0;
  /// Everything written so far, in order.
  virtual void copy_to(ByteSink& sink) = 0;
  virtual std::uint64_t size_bytes() const = 0;
  /// Bytes that were written before. \throws Error(input) if the temporary file cannot be read.
  virtual void read_at(std::uint64_t offset, std::span<char> bytes) = 0;
};
std::unique_ptr<Spool> create_spool();

std::unique_ptr<Folder> open_folder(const std::string& path);
/// Built in "<path>.partial", renamed by finish(). Replaces only folders that this program made
/// (they hold k_folder_marker), or empty ones. \throws Error(usage) otherwise.
std::unique_ptr<FolderSink> create_folder(const std::string& path, Existing existing);
inline constexpr const char* k_folder_marker = ".mlopsctl.json";

/// \throws Error(input) if \p name could be written outside the folder that it is relative to.
void check_relative_name(const std::string& name);
/// Why \p name is not a plain name inside a folder or archive ("is absolute", "contains '..'" ...);
/// empty if it is one. Relative, '/' between parts, no empty or dot parts, no backslash, no control
/// characters, valid UTF-8, at most 1024 bytes.
std::string name_fault(std::string_view name);

/// Whole file as text. \throws Error(input) if it is larger than \p limit_bytes, which is checked
/// before memory is taken.
std::string read_file(const std::string& path, std::uint64_t limit_bytes);
std::string read_all(ByteSource& source, std::uint64_t limit_bytes);
/// Small files in one call, atomically.
void write_file(const std::string& path, std::string_view bytes, Existing existing);

/// Text of the last failed system call, such as "No space left on device".
std::string system_error_text();

} // namespace mlopsctl
