// SPDX-License-Identifier: Apache-2.0
// A folder of this process alone, which goes with what is in it.
#pragma once

#include <filesystem>

namespace mlopsctl {

/// In $TMPDIR or /tmp, mode 0700. \throws Error(input) if none can be made there.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace mlopsctl
