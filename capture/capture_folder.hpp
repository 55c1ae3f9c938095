// SPDX-License-Identifier: Apache-2.0
// CaptureFolder: frames, frames.jsonl and capture.json in one folder, written in place so that a
// capture that is killed at any moment keeps what it had and can go on.
#pragma once

#include "capture/frame_outlet.hpp"
#include "capture/journal.hpp"
#include "core/file_lock.hpp"
#include "core/time.hpp"
#include "core/value.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::capture {

inline constexpr const char* k_journal_name = "frames.jsonl";
inline constexpr const char* k_settings_name = "capture.json";
inline constexpr const char* k_settings_schema = "mlopsctl.capture.settings/1";
inline constexpr const char* k_labels_name = "labels.manifest";

class CaptureFolder {
public:
  /// \param settings source and options; a folder that was captured with others is not resumed.
  /// \param outlet where frames go on to; null: they stay.
  /// \throws Error(usage) if the folder may not be used in this way; Error(input) if it cannot be.
  CaptureFolder(const std::string& path, FolderMode mode, const Value& settings,
                FrameOutlet* outlet = nullptr);
  ~CaptureFolder();
  CaptureFolder(const CaptureFolder&) = delete;
  CaptureFolder& operator=(const CaptureFolder&) = delete;

  std::int64_t kept() const { return kept_; }             ///< frames in the folder
  std::int64_t last_index() const { return last_index_; } ///< last journalled frame, -1: none

  /// Stores the frame under entry.ref (temporary name, then rename) and only then journals it.
  void keep(const JournalEntry& entry, std::string_view bytes);
  /// A file beside the journal (temporary name, then rename); no line tells of it yet.
  void store(const std::string& name, std::string_view bytes);
  /// Where a clip is written to before keep_temporary() gives it its name.
  std::filesystem::path temporary() const;
  /// Renames temporary() to entry.ref and only then journals it.
  void keep_temporary(const JournalEntry& entry);
  /// Journals a frame that was not kept.
  void skip(const JournalEntry& entry);
  /// Everything so far survives a power cut afterwards. Called once a second by keep and skip.
  void commit();
  /// Reads the journal from its start; a last line without its end is left out. \throws
  /// Error(input).
  void for_each(const VisitLine& visit) const;
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

private:
  void prepare(FolderMode mode, const Value& settings);
  void check_settings(const Value& settings) const;
  void remove_leftovers() const;
  void remove_capture() const;
  [[noreturn]] void refuse_used() const;
  void open_journal(FolderMode mode);
  void recover();
  bool is_safe(const JournalEntry& entry, bool looks_inside) const;
  void offer_rest();
  void pass_on(const JournalEntry& entry);
  void append(const JournalEntry& entry);

  std::filesystem::path path_;
  std::string name_;
  FrameOutlet* outlet_ = nullptr;
  std::optional<FileLock> lock_;
  int folder_ = -1;
  int journal_ = -1;
  std::int64_t journal_bytes_ = 0;
  std::int64_t kept_ = 0;
  std::int64_t last_index_ = -1;
  Stopwatch since_commit_;
  double last_commit_s_ = 0;
};

} // namespace mlopsctl::capture
