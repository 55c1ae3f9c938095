// SPDX-License-Identifier: Apache-2.0
#include "capture/clip_notes.hpp"

#include "capture/capture_folder.hpp"

#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace mlopsctl::capture {

/// Of a clip the picture beside it.
void ClipNotes::remember(Entries& entries, JournalEntry entry) {
  if (entry.clip) {
    entry.ref = entry.clip->picture;
    entry.frame_index = entry.clip->picture_frame;
    entry.time_s = entry.clip->picture_time_s;
  }
  const std::string name = entry.ref;
  entries.emplace(name, std::move(entry));
}

const JournalEntry* ClipNotes::find(const std::string& path) {
  const fs::path file(path);
  const std::string folder = file.parent_path().string();
  auto known = folders_.find(folder);
  if (known == folders_.end()) {
    known = folders_.emplace(folder, Entries{}).first;
    const fs::path journal = file.parent_path() / k_journal_name;
    std::error_code ignored;
    if (fs::is_regular_file(journal, ignored))
      for_each_line(journal.string(), [&](const JournalEntry& entry, std::int64_t) {
        if (entry.is_kept)
          remember(known->second, entry);
      });
  }
  const auto entry = known->second.find(file.filename().string());
  return entry == known->second.end() ? nullptr : &entry->second;
}

} // namespace mlopsctl::capture
