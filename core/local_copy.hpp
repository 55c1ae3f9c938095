// SPDX-License-Identifier: Apache-2.0
// LocalCopy: all of a source in an unlinked temporary file, for libraries that want a file's name.
#pragma once

#include "core/io.hpp"

#include <string>

namespace mlopsctl {

class LocalCopy {
public:
  /// \throws Error(input) when there is no room; Interrupted.
  explicit LocalCopy(ByteSource& source);
  ~LocalCopy();
  LocalCopy(const LocalCopy&) = delete;
  LocalCopy& operator=(const LocalCopy&) = delete;
  const std::string& path() const { return path_; } ///< good as long as this object lives

private:
  int fd_;
  std::string path_;
};

} // namespace mlopsctl
