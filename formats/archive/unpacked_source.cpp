// SPDX-License-Identifier: Apache-2.0
// The door to libarchive: one compressed stream, such as a layer of an image.
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/archive/archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_block_bytes = std::size_t{256} * 1024;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

class UnpackedSource final : public ByteSource {
public:
  explicit UnpackedSource(ByteSource& source) : source_(source), buffer_(k_block_bytes) { open(); }

  std::size_t read(std::span<char> buffer) override {
    check_interrupt();
    if (!handle_)
      return 0;
    const la_ssize_t count = archive_read_data(handle_.get(), buffer.data(), buffer.size());
    if (count < 0)
      fail();
    offset_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }
  void rewind() override {
    if (offset_ > 0)
      open();
  }
  std::optional<std::uint64_t> size_bytes() const override { return std::nullopt; }
  const std::string& name() const override { return source_.name(); }

private:
  void open() {
    source_.rewind();
    packed_bytes_ = offset_ = 0;
    handle_.reset(archive_read_new());
    archive* const raw = handle_.get();
    if (!raw)
      throw Error(Fault::internal, name() + ": libarchive gave no reader");
    check(archive_read_support_filter_gzip(raw));
    archive_read_support_filter_zstd(raw); // answers with a warning where it would run a program
    check(archive_read_support_format_raw(raw));
    check(archive_read_support_format_empty(raw));
    check(archive_read_set_read_callback(raw, on_read));
    check(archive_read_set_callback_data(raw, this));
    check(archive_read_open1(raw));
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(raw, &entry);
    if (code == ARCHIVE_EOF)
      handle_.reset(); // nothing in it
    else
      check(code);
  }

  static la_ssize_t on_read(archive* handle, void* self_pointer, const void** block) {
    auto& self = *static_cast<UnpackedSource*>(self_pointer);
    try {
      *block = self.buffer_.data();
      const auto count = self.source_.read(self.buffer_);
      self.source_.drop_before(self.packed_bytes_ += count);
      return static_cast<la_ssize_t>(count);
    } catch (const std::exception& error) { // must not pass through C
      archive_set_error(handle, EIO, "%s", error.what());
      return ARCHIVE_FATAL;
    }
  }

  void check(int code) const {
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
      fail();
  }
  [[noreturn]] void fail() const {
    check_interrupt();
    const char* text = archive_error_string(handle_.get());
    throw Error(Fault::input,
                name() + ": cannot be unpacked: " + (text ? printable(text) : "damaged"),
                "the file is damaged or incomplete; fetch it again");
  }

  ByteSource& source_;
  std::vector<char> buffer_;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t offset_ = 0;
  std::unique_ptr<archive, FreeArchive> handle_;
};

} // namespace

std::unique_ptr<ByteSource> open_unpacked(ByteSource& source) {
  return std::make_unique<UnpackedSource>(source);
}

} // namespace mlopsctl::formats
