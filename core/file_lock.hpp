// SPDX-License-Identifier: Apache-2.0
// FileLock: the right to write an output on this machine's disks, or on one that several machines
// share.
#pragma once

#include "core/owner.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace mlopsctl {

/// The file names its Owner and is held by a lock that the kernel drops with the process; where
/// that lock does not reach another machine, the Owner's heartbeat decides.
class FileLock {
public:
  /// \param name of the output, for messages. \throws Error(usage) if another process that is not
  /// gone has it; Error(input) if the file cannot be made.
  FileLock(std::filesystem::path path, const std::string& name);
  /// Removes the file.
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

private:
  bool is_named() const;
  [[noreturn]] void refuse(const std::string& name) const;
  std::optional<Owner> read() const;
  void write() const;

  std::filesystem::path path_;
  int file_ = -1;
  std::optional<Heartbeat> heartbeat_; ///< last: its thread uses the members above
};

} // namespace mlopsctl
