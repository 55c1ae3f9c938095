// SPDX-License-Identifier: Apache-2.0
#include "core/file_lock.hpp"

#include "core/error.hpp"
#include "core/io.hpp"

#include <array>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mlopsctl {

FileLock::FileLock(std::filesystem::path path, const std::string& name) : path_(std::move(path)) {
  do {
    ::close(file_);
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file_ < 0)
      throw Error(Fault::input, path_.string() + ": cannot open: " + system_error_text(),
                  "write to a place you may write to, with -o");
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0)
      refuse(name);
  } while (!is_named()); // else its owner removed it just now
  if (const auto owner = read(); owner && !is_gone(*owner))
    refuse(name);
  write();
  heartbeat_.emplace([this] { write(); });
}

FileLock::~FileLock() {
  heartbeat_.reset();
  ::unlink(path_.c_str());
  ::close(file_);
}

/// The file of that name is the one that is held.
bool FileLock::is_named() const {
  struct stat held {
  }, named{};
  return ::fstat(file_, &held) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

void FileLock::refuse(const std::string& name) const {
  const auto owner = read();
  ::close(file_);
  throw Error(Fault::usage,
              name + ": is being written by " +
                  (owner ? describe(*owner) : std::string("another process")),
              "wait for it, stop it, or give another -o");
}

std::optional<Owner> FileLock::read() const {
  std::array<char, 4096> text{};
  const ssize_t count = ::pread(file_, text.data(), text.size(), 0);
  if (count <= 0)
    return std::nullopt;
  return parse_owner({text.data(), static_cast<std::size_t>(count)});
}

/// For others to read; the next one may come through where this one does not.
void FileLock::write() const {
  const std::string text = to_text(this_process());
  const ssize_t count = ::pwrite(file_, text.data(), text.size(), 0);
  if (count > 0 && ::ftruncate(file_, count) != 0)
    return;
}

} // namespace mlopsctl
