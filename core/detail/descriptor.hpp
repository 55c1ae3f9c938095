// SPDX-License-Identifier: Apache-2.0
// What core's own files on disk share: a descriptor that closes itself, whole writes, durable
// names.
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace mlopsctl::detail {

inline constexpr std::size_t k_buffer_bytes = std::size_t{256} * 1024;

/// A file descriptor that closes itself.
class Descriptor {
public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    value_ = std::exchange(other.value_, -1);
    return *this;
  }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  bool valid() const { return value_ >= 0; }
  void reset() {
    if (value_ >= 0)
      ::close(value_);
    value_ = -1;
  }

private:
  int value_;
};

/// \throws Error(input) "<name>: cannot <action>: <the system's words>", from errno.
[[noreturn]] void fail_system(const std::string& name, const char* action);
/// Every byte, through short writes and signals. \throws Error(input), Interrupted.
void write_fully(int fd, std::string_view bytes, const std::string& name);
/// \return false if the file ends before, or cannot be read.
bool read_fully_at(int fd, std::uint64_t offset, std::span<char> bytes);
/// An open file without a name. \param path gets its former name, for messages.
Descriptor temporary_file(std::string& path);
/// All that \p read gives in such a file. \param read fills the front of a buffer; 0 at the end.
Descriptor spool(const std::function<std::size_t(std::span<char>)>& read);
/// Makes a rename in \p folder survive a power cut.
void sync_folder(const std::filesystem::path& folder);

enum class Durable { now, later };
/// Under a temporary name until finish(). \param durable later: the caller syncs many files at
/// once.
std::unique_ptr<ByteSink> create_file_sink(const std::string& target, Durable durable);

} // namespace mlopsctl::detail
