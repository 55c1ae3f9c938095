// SPDX-License-Identifier: Apache-2.0
// Temporary files without a name: what does not fit into memory waits there.
#include "core/spool.hpp"

#include "core/detail/descriptor.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

namespace mlopsctl {

detail::Descriptor detail::temporary_file(std::string& path) {
  const char* folder =
      std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): nothing here sets the environment
  path = std::string(folder && *folder ? folder : "/tmp") + "/mlopsctl.XXXXXX";
  Descriptor file(::mkostemp(path.data(), O_CLOEXEC)); // mode 0600
  if (!file.valid())
    fail_system(path, "create a temporary file");
  ::unlink(path.c_str());
  return file;
}

detail::Descriptor detail::spool(const std::function<std::size_t(std::span<char>)>& read) {
  std::string path;
  Descriptor file = temporary_file(path);
  std::vector<char> buffer(k_buffer_bytes);
  while (const std::size_t count = read(buffer))
    write_fully(file.get(), {buffer.data(), count}, path);
  return file;
}

namespace {

using detail::Descriptor;
using detail::fail_system;
using detail::k_buffer_bytes;
using detail::write_fully;

class FileSpool final : public Spool {
public:
  FileSpool() : fd_(detail::temporary_file(name_)) { buffer_.reserve(k_buffer_bytes); }
  void write(std::string_view bytes) override {
    size_ += bytes.size();
    if (buffer_.size() + bytes.size() > k_buffer_bytes)
      flush();
    if (bytes.size() >= k_buffer_bytes)
      write_fully(fd_.get(), bytes, name_);
    else
      buffer_ += bytes;
  }
  void copy_to(ByteSink& sink) override {
    flush();
    std::vector<char> bytes(k_buffer_bytes);
    for (std::uint64_t offset = 0; offset < size_; offset += bytes.size()) {
      check_interrupt();
      bytes.resize(std::min<std::uint64_t>(bytes.size(), size_ - offset));
      read_file_at(offset, bytes);
      sink.write({bytes.data(), bytes.size()});
    }
  }
  std::uint64_t size_bytes() const override { return size_; }
  void read_at(std::uint64_t offset, std::span<char> bytes) override {
    flush();
    read_file_at(offset, bytes);
  }

private:
  void flush() {
    write_fully(fd_.get(), buffer_, name_);
    buffer_.clear();
  }
  void read_file_at(std::uint64_t offset, std::span<char> bytes) const {
    if (!detail::read_fully_at(fd_.get(), offset, bytes))
      fail_system(name_, "read");
  }
  std::string name_;
  Descriptor fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

class SpoolSink final : public ByteSink {
public:
  SpoolSink(std::shared_ptr<Spool> spool, std::string name)
      : spool_(std::move(spool)), name_(std::move(name)) {}
  void write(std::string_view bytes) override { spool_->write(bytes); }
  void finish() override {}
  const std::string& name() const override { return name_; }

private:
  std::shared_ptr<Spool> spool_;
  std::string name_;
};

class SpoolSource final : public ByteSource {
public:
  SpoolSource(std::shared_ptr<Spool> spool, std::uint64_t offset, std::uint64_t size_bytes,
              std::string name)
      : spool_(std::move(spool)), offset_(offset), size_(size_bytes), name_(std::move(name)) {}
  std::size_t read(std::span<char> buffer) override {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - done_));
    spool_->read_at(offset_ + done_, buffer.first(count));
    done_ += count;
    return count;
  }
  void rewind() override { done_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return size_; }
  const std::string& name() const override { return name_; }

private:
  std::shared_ptr<Spool> spool_;
  std::uint64_t offset_;
  std::uint64_t size_;
  std::string name_;
  std::uint64_t done_ = 0;
};

} // namespace

std::unique_ptr<Spool> create_spool() {
  return std::make_unique<FileSpool>();
}

std::unique_ptr<ByteSink> sink_to_spool(std::shared_ptr<Spool> spool, std::string name) {
  return std::make_unique<SpoolSink>(std::move(spool), std::move(name));
}

std::unique_ptr<ByteSource> source_from_spool(std::shared_ptr<Spool> spool, std::uint64_t offset,
                                              std::uint64_t size_bytes, std::string name) {
  return std::make_unique<SpoolSource>(std::move(spool), offset, size_bytes, std::move(name));
}

} // namespace mlopsctl
