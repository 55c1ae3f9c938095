// SPDX-License-Identifier: Apache-2.0
// ClipNotes: of which clip and moment a captured picture is, from the journal beside it.
#pragma once

#include "capture/journal.hpp"

#include <map>
#include <string>

namespace mlopsctl::capture {

/// Reads the journal of each folder once. Keeps an entry for each kept frame in memory.
class ClipNotes {
public:
  /// \param path of a picture. \return the line of frames.jsonl beside it that names it, or null.
  /// \throws Error(input) if that journal is broken.
  const JournalEntry* find(const std::string& path);

private:
  using Entries = std::map<std::string, JournalEntry>; ///< by file name
  static void remember(Entries& entries, JournalEntry entry);

  std::map<std::string, Entries> folders_;
};

} // namespace mlopsctl::capture
