// SPDX-License-Identifier: Apache-2.0
// The door to libarchive: reading.
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/zip_directory.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <locale.h>
#include <set>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_block_bytes = std::size_t{256} * 1024;
/// Of a tar member: its header, a long name before it, and the rest of its last block.
constexpr std::uint64_t k_most_header_bytes = 4096;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

/// libarchive passes names through the thread's locale and drops what it has no letters for; the
/// program itself stays in "C".
class Utf8Locale {
public:
  Utf8Locale() {
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8)
      previous_ = ::uselocale(utf8);
  }
  ~Utf8Locale() {
    if (previous_)
      ::uselocale(previous_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

private:
  locale_t previous_ = nullptr;
};

class Reader final : public ArchiveReader, private ByteSource {
public:
  /// \param wanted \c listing: every member, as it is.
  enum class Wanted { files, listing };
  Reader(ByteSource& source, const ArchiveLimits& limits, bool is_zip, Wanted wanted)
      : source_(source), limits_(limits), is_zip_(is_zip), wanted_(wanted), buffer_(k_block_bytes),
        handle_(archive_read_new()) {
    const Utf8Locale locale;
    archive* const raw = handle_.get();
    if (!raw)
      throw Error(Fault::internal, source.name() + ": libarchive gave no reader");
    check(archive_read_support_format_tar(raw));
    if (wanted == Wanted::files) {
      check(archive_read_support_filter_gzip(raw));
      check(archive_read_support_format_zip(raw));
    }
    // Names are UTF-8 whatever the locale says; formats without the option answer with a warning.
    archive_read_set_options(raw, "hdrcharset=UTF-8");
    // Reads on behind the end mark of a tar, over its padding, to the end of the file: what stands
    // there is a member with all the rules of one, or damage, but not passed over.
    check(archive_read_set_format_option(raw, "tar", "read_concatenated_archives", "1"));
    source.rewind();
    check(archive_read_set_read_callback(raw, on_read));
    if (const auto all = source.mapped()) {
      mapped_ = *all;
      if (is_zip_)
        look_at_directory(*all);
      check(archive_read_set_seek_callback(raw, on_seek)); // zip: the directory at its end counts
    }
    check(archive_read_set_callback_data(raw, this));
    check(archive_read_open1(raw));
  }

  std::optional<ArchiveMember> next() override {
    const Utf8Locale locale;
    for (;;) {
      check_interrupt();
      archive_entry* entry = nullptr;
      const int code = archive_read_next_header(handle_.get(), &entry);
      if (code == ARCHIVE_EOF) {
        member_.clear();
        check_end();
        return std::nullopt;
      }
      check(code);
      ++entries_;
      if (auto member = wanted_ == Wanted::listing ? describe(entry) : examine(entry))
        return member;
    }
  }

  ByteSource& bytes() override { return *this; }

private:
  // ByteSource: the member at hand.
  std::size_t read(std::span<char> target) override {
    check_interrupt();
    const la_ssize_t count = archive_read_data(handle_.get(), target.data(), target.size());
    if (count < 0)
      fail_library();
    member_read_bytes_ += static_cast<std::uint64_t>(count);
    if (member_read_bytes_ > member_stated_bytes_) { // a header that lies, or states no size
      unpacked_bytes_ += member_read_bytes_ - member_stated_bytes_;
      member_stated_bytes_ = member_read_bytes_;
      check_unpacked();
    }
    return static_cast<std::size_t>(count);
  }
  void rewind() override {
    throw Error(Fault::internal, name() + ": a member of an archive cannot be read twice");
  }
  std::optional<std::uint64_t> size_bytes() const override {
    if (!has_size_)
      return std::nullopt;
    return member_stated_bytes_;
  }
  const std::string& name() const override { return place_; }

  static la_ssize_t on_read(archive* handle, void* self_pointer, const void** block) {
    auto& self = *static_cast<Reader*>(self_pointer);
    try {
      check_interrupt();
      self.check_padding(handle);
      if (self.mapped_) {
        const auto rest = self.mapped_->substr(
            std::min<std::size_t>(self.mapped_->size(), static_cast<std::size_t>(self.offset_)));
        const auto piece = rest.substr(0, k_block_bytes);
        *block = piece.data();
        self.source_.drop_before(
            static_cast<std::uint64_t>(self.offset_)); // libarchive is done with it
        self.offset_ += static_cast<la_int64_t>(piece.size());
        return static_cast<la_ssize_t>(piece.size());
      }
      *block = self.buffer_.data();
      const auto count = self.source_.read(self.buffer_);
      self.offset_ += static_cast<la_int64_t>(count);
      return static_cast<la_ssize_t>(count);
    } catch (const std::exception& error) { // must not pass through C
      archive_set_error(handle, EIO, "%s", error.what());
      return ARCHIVE_FATAL;
    }
  }
  static la_int64_t on_seek(archive*, void* self_pointer, la_int64_t offset, int whence) {
    auto& self = *static_cast<Reader*>(self_pointer);
    const auto size = static_cast<la_int64_t>(self.mapped_->size());
    const la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self.offset_ : size;
    self.offset_ = std::clamp<la_int64_t>(base + offset, 0, size);
    return self.offset_;
  }

  /// Zeros behind the end mark pack a thousandfold, and no member states them.
  void check_padding(archive* handle) const {
    const auto most = static_cast<la_int64_t>(
        std::min<std::uint64_t>(limits_.unpacked_bytes, std::uint64_t{1} << 60) +
        k_most_header_bytes * std::min<std::uint64_t>(limits_.members, 1'000'000) +
        k_ratio_floor_bytes);
    if (archive_filter_bytes(handle, 0) > most)
      throw Error(Fault::input, "more bytes than members and padding can have");
  }
  /// A gzip stream and a zip's directory know where they end; what follows is not looked at by the
  /// library.
  void check_end() const {
    if (directory_ && directory_->members != entries_)
      fail("names " + std::to_string(directory_->members) + " members in its directory, and " +
               std::to_string(entries_) + " are there",
           "members that share their bytes, or a damaged file; pack it again");
    const auto size = source_.size_bytes();
    const auto used = !is_zip_     ? archive_filter_bytes(handle_.get(), -1)
                      : directory_ ? static_cast<la_int64_t>(directory_->end_bytes)
                                   : -1; // only the local headers were read
    if (!size || used < 0 || static_cast<std::uint64_t>(used) >= *size)
      return;
    fail("goes on behind the end of the archive, with " +
             bytes_for_people(*size - static_cast<std::uint64_t>(used)) + " of something else",
         "the file is damaged, or two files were written into one; fetch it again");
  }

  [[noreturn]] void fail(const std::string& text, const std::string& hint = {}) const {
    throw Error(Fault::input,
                source_.name() + ": " +
                    (member_.empty() ? "" : "member '" + printable(member_) + "' ") + text,
                hint);
  }
  [[noreturn]] void fail_library() const {
    const char* text = archive_error_string(handle_.get());
    fail(std::string("cannot be unpacked: ") + (text ? printable(text) : "damaged"),
         "the file is damaged or incomplete; fetch it again");
  }
  void check(int code) const {
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
      fail_library();
  }
  void check_unpacked() const {
    if (unpacked_bytes_ > limits_.unpacked_bytes)
      fail("brings the unpacked size over the limit of " + bytes_for_people(limits_.unpacked_bytes),
           "raise --max-unpacked if you trust it");
    const auto packed = source_.size_bytes().value_or(static_cast<std::uint64_t>(offset_));
    if (unpacked_bytes_ > k_ratio_floor_bytes && unpacked_bytes_ / limits_.expansion_ratio > packed)
      fail("unpacks to more than " + std::to_string(limits_.expansion_ratio) +
               " times the size of the archive",
           "raise --max-ratio if you trust it");
  }

  void take_name(archive_entry* entry) {
    const char* raw_name = archive_entry_pathname_utf8(entry);
    if (!raw_name)
      raw_name = archive_entry_pathname(entry);
    member_ = raw_name ? raw_name : "";
    if (!raw_name)
      fail("a member has a name that is not UTF-8", "pack it again with plain names");
  }

  /// libarchive reads all of a zip's directory before the first member.
  void look_at_directory(std::string_view zip) {
    directory_ = find_zip_directory(zip, limits_.members);
    if (directory_ && directory_->members > limits_.members)
      fail("holds more than the limit of " + std::to_string(limits_.members) + " members",
           "raise --max-members if you trust it");
  }

  void count_member() {
    if (++members_ > limits_.members)
      fail("is one more than the limit of " + std::to_string(limits_.members) + " members",
           "raise --max-members if you trust it");
  }

  std::optional<ArchiveMember> describe(archive_entry* entry) {
    take_name(entry);
    count_member();
    ArchiveMember member{member_};
    while (member.name.starts_with("./"))
      member.name.erase(0, 2);
    const auto type = archive_entry_filetype(entry);
    member.type = type == AE_IFREG   ? MemberType::file
                  : type == AE_IFDIR ? MemberType::folder
                  : type == AE_IFLNK ? MemberType::symlink
                                     : MemberType::other;
    if (archive_entry_hardlink(entry) || archive_entry_hardlink_utf8(entry))
      member.type = MemberType::hard_link;
    const char* target = member.type == MemberType::hard_link ? archive_entry_hardlink_utf8(entry)
                                                              : archive_entry_symlink_utf8(entry);
    member.target = target ? target : "";
    take_size(entry, member.name);
    member.size_bytes = member_stated_bytes_;
    member.mode = archive_entry_perm(entry);
    member.offset = static_cast<std::uint64_t>(archive_filter_bytes(handle_.get(), 0));
    return member;
  }

  /// \return nothing for folders, which only need a good name.
  std::optional<ArchiveMember> examine(archive_entry* entry) {
    take_name(entry);
    const auto type = archive_entry_filetype(entry);
    check_type(type, entry);
    std::string name = member_;
    while (name.starts_with("./"))
      name.erase(0, 2);
    if (type == AE_IFDIR && (name.empty() || name == "."))
      return std::nullopt; // "./" itself
    if (type == AE_IFDIR && name.ends_with('/'))
      name.pop_back();
    if (const auto fault = name_fault(name); !fault.empty())
      fail("has a name that " + fault, "archives must hold plain relative names only");
    count_member();
    if (type == AE_IFDIR)
      return std::nullopt;
    if (!seen_.insert(name).second)
      fail("occurs twice", "pack it again; two files of one name cannot both be meant");
    take_size(entry, name);
    ArchiveMember member{std::move(name), member_stated_bytes_};
    member.mode = archive_entry_perm(entry);
    return member;
  }

  void take_size(archive_entry* entry, const std::string& name) {
    place_ = source_.name() + ": " + name;
    has_size_ = archive_entry_size_is_set(entry) != 0;
    const auto stated = has_size_ ? archive_entry_size(entry) : 0;
    if (stated < 0)
      fail("states a negative size");
    member_stated_bytes_ = static_cast<std::uint64_t>(stated);
    member_read_bytes_ = 0;
    if (member_stated_bytes_ >
        limits_.unpacked_bytes - std::min(unpacked_bytes_, limits_.unpacked_bytes))
      unpacked_bytes_ = limits_.unpacked_bytes + 1; // no wrap-around from absurd sizes
    else
      unpacked_bytes_ += member_stated_bytes_;
    check_unpacked();
  }
  void check_type(unsigned type, archive_entry* entry) const {
    if (archive_entry_hardlink(entry) || archive_entry_hardlink_utf8(entry))
      fail("is a hard link", "pack the file itself");
    if (type == AE_IFLNK)
      fail("is a symbolic link", "pack the file it points to");
    if (type != AE_IFREG && type != AE_IFDIR)
      fail("is a device, pipe or socket", "only files and folders are taken from archives");
    if (archive_entry_is_encrypted(entry) > 0)
      fail("is encrypted", "pack it without a password");
  }

  ByteSource& source_;
  ArchiveLimits limits_;
  bool is_zip_;
  Wanted wanted_;
  std::optional<std::string_view> mapped_;
  std::vector<char> buffer_;
  la_int64_t offset_ = 0;
  std::unique_ptr<archive, FreeArchive> handle_;
  std::set<std::string> seen_;
  std::optional<ZipDirectory> directory_; ///< of a zip
  std::uint64_t entries_ = 0;             ///< that the library gave
  std::string member_;                    ///< raw name of the member at hand, for messages
  std::string place_;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  std::uint64_t member_stated_bytes_ = 0;
  std::uint64_t member_read_bytes_ = 0;
  bool has_size_ = false;
};

} // namespace

std::string_view archive_kind(std::string_view head) {
  if (head.starts_with("\x1f\x8b"))
    return "gzip";
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06"))
    return "zip";
  if (head.size() >= 262 && head.substr(257, 5) == "ustar")
    return "tar";
  return {};
}

std::unique_ptr<ArchiveReader> open_archive(ByteSource& source, const ArchiveLimits& limits) {
  std::array<char, 512> head{};
  source.rewind();
  std::size_t size = 0;
  while (size < head.size()) {
    const auto count = source.read(std::span(head).subspan(size));
    if (count == 0)
      break;
    size += count;
  }
  const auto kind = archive_kind({head.data(), size});
  if (kind.empty())
    throw Error(Fault::input,
                source.name() +
                    (size == 0 ? ": is empty" : ": is not a tar, tar.gz or zip archive"),
                "is this the right file?");
  return std::make_unique<Reader>(source, limits, kind == "zip", Reader::Wanted::files);
}

std::unique_ptr<ArchiveReader> open_tar_listing(ByteSource& source, const ArchiveLimits& limits) {
  return std::make_unique<Reader>(source, limits, false, Reader::Wanted::listing);
}

} // namespace mlopsctl::formats
