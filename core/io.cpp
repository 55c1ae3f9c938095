// SPDX-License-Identifier: Apache-2.0
// Files, stdin and stdout behind the interfaces of io.hpp.
#include "core/io.hpp"

#include "core/detail/descriptor.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace fs = std::filesystem;

namespace mlopsctl {

namespace detail {

void fail_system(const std::string& name, const char* action) {
  const int code = errno;
  const std::string_view what = action;
  const bool is_reading = what == "open" || what == "read" || what == "stat";
  const char* hint = code == ENOSPC ? "free some space or write elsewhere; nothing was changed"
                     : code == EACCES && is_reading
                         ? "check the permissions of the file and of its folders"
                     : code == EROFS || code == EACCES ? "write to a place you may write to"
                                                       : "";
  throw Error(Fault::input,
              name + ": cannot " + action + ": " + std::generic_category().message(code), hint);
}

void write_fully(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        check_interrupt();
        continue;
      }
      fail_system(name, "write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool read_fully_at(int fd, std::uint64_t offset, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

void sync_folder(const fs::path& folder) {
  const Descriptor fd(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid() && ::fsync(fd.get()) != 0 && errno != EINVAL && errno != EROFS)
    fail_system(folder.string(), "sync the folder");
}

} // namespace detail

namespace {

using detail::Descriptor;
using detail::fail_system;
using detail::k_buffer_bytes;
using detail::read_fully_at;
using detail::spool;
using detail::sync_folder;
using detail::write_fully;

/// A regular file, mapped when somebody asks for that: for small files that are read, mapping costs
/// more than reading. A pipe is read into a temporary file first by open_source.
class FileSource final : public ByteSource {
public:
  FileSource(Descriptor fd, std::uint64_t size, std::string name)
      : fd_(std::move(fd)), size_(size), name_(std::move(name)) {}
  ~FileSource() override {
    if (data_)
      ::munmap(const_cast<char*>(data_), size_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), size_ - position_);
    errno = 0;
    if (!read_fully_at(fd_.get(), position_, buffer.first(count))) {
      if (errno != 0)
        fail_system(name_, "read");
      throw Error(Fault::input, name_ + ": became shorter while it was read",
                  "wait until nothing writes to it");
    }
    position_ += count;
    return count;
  }
  void rewind() override { position_ = dropped_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return size_; }
  std::optional<std::string_view> mapped() const override {
    std::call_once(is_mapped_, [this] { map(); });
    return std::string_view(data_ ? data_ : "",
                            size_); // parsers take no null pointer, even for 0 bytes
  }
  bool read_at(std::uint64_t offset, std::span<char> bytes) const override {
    return read_fully_at(fd_.get(), offset, bytes);
  }
  void drop_before(std::uint64_t offset) override {
    static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const std::uint64_t end = std::min(offset, size_) / page * page;
    if (data_ && end > dropped_)
      ::madvise(const_cast<char*>(data_) + dropped_, end - dropped_, MADV_DONTNEED);
    dropped_ = std::max(dropped_, end);
  }
  const std::string& name() const override { return name_; }

private:
  void map() const {
    if (size_ == 0)
      return;
    void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_.get(), 0);
    if (address == MAP_FAILED)
      fail_system(name_, "map");
    data_ = static_cast<const char*>(address);
    ::madvise(address, size_, MADV_SEQUENTIAL);
  }

  Descriptor fd_;
  std::uint64_t size_;
  std::uint64_t position_ = 0;
  std::uint64_t dropped_ = 0;
  mutable std::once_flag is_mapped_;
  mutable const char* data_ = nullptr;
  std::string name_;
};

class TextSource final : public ByteSource {
public:
  TextSource(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), text_.size() - position_);
    std::copy_n(text_.data() + position_, count, buffer.data());
    position_ += count;
    return count;
  }
  void rewind() override { position_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return text_.size(); }
  std::optional<std::string_view> mapped() const override { return text_; }
  const std::string& name() const override { return name_; }

private:
  std::string text_;
  std::string name_;
  std::size_t position_ = 0;
};

Descriptor spool(int fd, const std::string& name) {
  return spool([&](std::span<char> buffer) {
    for (;;) {
      const ssize_t count = ::read(fd, buffer.data(), buffer.size());
      if (count >= 0)
        return static_cast<std::size_t>(count);
      if (errno != EINTR)
        fail_system(name, "read");
      check_interrupt();
    }
  });
}

std::uint64_t size_of(const Descriptor& file, const std::string& name) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    fail_system(name, "stat");
  return static_cast<std::uint64_t>(status.st_size);
}

std::atomic<unsigned> temporary_counter{0};

/// "<folder>/.<name>.<pid>-<n>.tmp": in the same folder, so that the rename cannot cross file
/// systems.
std::string temporary_name(const fs::path& target) {
  return (target.parent_path() /
          ("." + target.filename().string() + "." + std::to_string(::getpid()) + "-" +
           std::to_string(temporary_counter++) + ".tmp"))
      .string();
}

/// Worth a call of its own rather than a copy into a buffer.
constexpr std::size_t k_large_bytes = std::size_t{32} * 1024;
/// As much goes to the disk at a time while more is made, so that little is left for the last sync.
constexpr std::uint64_t k_early_bytes = std::uint64_t{8} << 20;

class FileSink final : public ByteSink {
public:
  FileSink(const std::string& target, detail::Durable durable)
      : name_(target), durable_(durable == detail::Durable::now) {
    // In a folder that nobody sees before it is finished, the name itself will do.
    temporary_ = durable_ ? temporary_name(target) : target;
    const int once = durable_ ? O_EXCL : O_TRUNC;
    fd_ = Descriptor(::open(temporary_.c_str(), O_WRONLY | O_CREAT | once | O_CLOEXEC, 0666));
    if (!fd_.valid())
      fail_system(name_, "create");
  }
  ~FileSink() override {
    if (!temporary_.empty())
      ::unlink(temporary_.c_str());
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(std::string_view bytes) override {
    if (buffer_.size() + bytes.size() > k_buffer_bytes || bytes.size() >= k_large_bytes)
      flush();
    if (bytes.size() >= k_large_bytes)
      append(bytes);
    else
      buffer_ += bytes;
  }
  void finish() override {
    flush();
    if (durable_ && ::fsync(fd_.get()) != 0)
      fail_system(name_, "sync");
    fd_.reset();
    if (durable_ && ::rename(temporary_.c_str(), name_.c_str()) != 0)
      fail_system(name_, "rename the finished file to its name");
    temporary_.clear();
    if (durable_)
      sync_folder(fs::path(name_).parent_path());
  }
  const std::string& name() const override { return name_; }

private:
  void flush() {
    append(buffer_);
    buffer_.clear();
  }
  void append(std::string_view bytes) {
    write_fully(fd_.get(), bytes, name_);
    size_ += bytes.size();
    if (durable_ && size_ - started_ >= k_early_bytes) {
      // Only begins, so that pages stay in the cache; what goes wrong is told by fsync.
      ::sync_file_range(fd_.get(), static_cast<off_t>(started_),
                        static_cast<off_t>(size_ - started_), SYNC_FILE_RANGE_WRITE);
      started_ = size_;
    }
  }

  std::string temporary_; ///< no fs::path: that takes memory for each of its parts
  std::string name_;
  bool durable_;
  Descriptor fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;    ///< without what is in the buffer
  std::uint64_t started_ = 0; ///< as much of it is on its way to the disk
};

class StdoutSink final : public ByteSink {
public:
  void write(std::string_view bytes) override { write_fully(STDOUT_FILENO, bytes, name_); }
  void finish() override {}
  const std::string& name() const override { return name_; }

private:
  std::string name_ = "-";
};

} // namespace

namespace detail {

std::unique_ptr<ByteSink> create_file_sink(const std::string& target, Durable durable) {
  return std::make_unique<FileSink>(target, durable);
}

} // namespace detail

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  if (const auto* remote = remote_scheme_of(path))
    return remote->open_source(path);
  const bool is_stdin = path == "-";
  Descriptor fd(is_stdin ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  while (!fd.valid() && errno == EINTR) { // a named pipe waits for its writer
    check_interrupt();
    fd = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!fd.valid()) {
    if (errno == ENOENT)
      throw Error(Fault::input, path + ": no such file",
                  "check the name; relative names start at the current folder");
    fail_system(path, "open");
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0)
    fail_system(path, "stat");
  if (S_ISDIR(status.st_mode))
    throw Error(Fault::input, path + ": is a folder, a file was expected",
                "name the file inside it");
  if (!S_ISREG(status.st_mode)) {
    fd = spool(fd.get(), path);
    status.st_size = static_cast<off_t>(size_of(fd, path));
  }
  return std::make_unique<FileSource>(std::move(fd), static_cast<std::uint64_t>(status.st_size),
                                      path);
}

std::unique_ptr<ByteSource> spool_source(ByteSource& source, const std::string& name) {
  Descriptor file = spool([&](std::span<char> buffer) { return source.read(buffer); });
  const auto size = size_of(file, name);
  return std::make_unique<FileSource>(std::move(file), size, name);
}

bool is_folder(const std::string& path) {
  if (const auto* remote = remote_scheme_of(path))
    return remote->is_folder(path);
  std::error_code ignored;
  return path != "-" && fs::is_directory(path, ignored);
}

bool is_file(const std::string& path) {
  if (const auto* remote = remote_scheme_of(path))
    return remote->is_file(path);
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::unique_ptr<ByteSource> source_from_text(std::string text, std::string name) {
  return std::make_unique<TextSource>(std::move(text), std::move(name));
}

std::unique_ptr<ByteSink> create_sink(const std::string& path, Existing existing) {
  if (path == "-")
    return std::make_unique<StdoutSink>();
  if (const auto* remote = remote_scheme_of(path))
    return remote->create_sink(path, existing);
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status))
    throw Error(Fault::usage, path + ": is a folder, a file was to be written there",
                "give a file name with -o");
  if (fs::exists(status) && existing == Existing::refuse)
    throw Error(Fault::usage, path + ": already exists",
                "pass --overwrite to replace it, or give another -o");
  if (fs::exists(status) &&
      !fs::is_regular_file(status)) // /dev/null, a FIFO: nothing to rename onto
    throw Error(Fault::usage, path + ": is not a regular file", "use -o - and a pipe");
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty() && !fs::is_directory(parent, ignored))
    throw Error(Fault::input, path + ": the folder '" + parent.string() + "' does not exist",
                "create it first");
  return detail::create_file_sink(path, detail::Durable::now);
}

std::string read_all(ByteSource& source, std::uint64_t limit_bytes) {
  if (const auto size = source.size_bytes(); size && *size > limit_bytes)
    throw Error(Fault::input, source.name() + ": " + bytes_for_people(*size) +
                                  " is over the limit of " + bytes_for_people(limit_bytes));
  if (const auto mapped = source.mapped())
    return std::string(*mapped);
  std::string text;
  std::vector<char> buffer(k_buffer_bytes);
  while (const std::size_t count = source.read(buffer)) {
    if (text.size() + count > limit_bytes)
      throw Error(Fault::input,
                  source.name() + ": larger than the limit of " + bytes_for_people(limit_bytes));
    text.append(buffer.data(), count);
  }
  return text;
}

std::string read_file(const std::string& path, std::uint64_t limit_bytes) {
  return read_all(*open_source(path), limit_bytes);
}

void write_file(const std::string& path, std::string_view bytes, Existing existing) {
  const auto sink = create_sink(path, existing);
  sink->write(bytes);
  sink->finish();
}

std::string name_fault(std::string_view name) {
  if (name.empty())
    return "is empty";
  if (name.size() > 1024)
    return "is longer than 1024 bytes";
  if (name.front() == '/')
    return "is absolute";
  if (!is_valid_utf8(name))
    return "is not UTF-8";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\')
      return "contains a control character or backslash";
  if (name.size() > 1 && name[1] == ':')
    return "starts with a drive letter";
  for (const auto& part : split(name, '/')) {
    if (part == "..")
      return "contains '..'";
    if (part.empty() || part == ".")
      return "contains an empty or '.' part";
  }
  return {};
}

std::string system_error_text() {
  return std::generic_category().message(errno);
}

} // namespace mlopsctl
