// SPDX-License-Identifier: Apache-2.0
// SentLog: which frames of a spool are stored, or were dropped, so that no run sends them again.
#pragma once

#include "storage/written_object.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace mlopsctl::capture {

struct SentFrame {
  std::string name;
  storage::WrittenObject object; ///< without a digest: it was dropped
};

class SentLog {
public:
  /// \param path of a file in the spool. \param goes_on false: what is there is forgotten.
  /// A last line that was torn by a kill is cut off. \throws Error(input).
  void open(const std::filesystem::path& path, bool goes_on);
  void close();
  /// Survives a power cut afterwards, and so does all else on that file system.
  void write(const std::vector<SentFrame>& frames);
  /// What was written; apart, because write() takes long.
  void note(const std::vector<SentFrame>& frames);

  bool has(const std::string& name) const {
    return files_.contains(name) || dropped_.contains(name);
  }
  const storage::WrittenFiles& files() const { return files_; }
  const std::set<std::string>& dropped() const { return dropped_; }

private:
  std::filesystem::path path_;
  int file_ = -1;
  storage::WrittenFiles files_;
  std::set<std::string> dropped_;
};

} // namespace mlopsctl::capture
