// SPDX-License-Identifier: Apache-2.0
// SpoolFolder: the place on this machine where the frames of one remote output wait.
#pragma once

#include "core/value.hpp"

#include <filesystem>
#include <string>

namespace mlopsctl::capture {

/// A folder for this user alone, mode 0700. \param option for messages, such as "--spool DIR".
/// \throws Error(usage) if others may look into one that is there.
void create_private_folder(const std::filesystem::path& path, const std::string& option);

class SpoolFolder {
public:
  /// Makes nothing. \param base of all spools; empty: the user's state folder.
  /// \param url of the output. \throws Error(usage) if there is no place.
  SpoolFolder(const std::string& base, const std::string& url);

  void create() const { create_private_folder(path_, "--spool DIR"); }
  /// An earlier capture left it.
  bool is_used() const;
  /// The source has ended, or can give nothing more: only sending is left.
  bool is_captured() const;
  void mark_captured() const;
  Value settings() const;
  /// Also what a remove() that was killed left.
  void remove() const;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace mlopsctl::capture
