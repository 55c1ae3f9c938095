// SPDX-License-Identifier: Apache-2.0
// One line of frames.jsonl: what became of a frame that was considered.
#pragma once

#include "capture/keep_rules.hpp"
#include "dataset/sample.hpp"
#include "imaging/pattern_plan.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::capture {

/// With --clips a line is a clip: its frame_index and time_s are those of its first frame.
struct ClipEntry {
  std::int64_t number = 0; ///< it begins at number * length
  std::int64_t frames = 0;
  std::int64_t last_frame = 0; ///< index in the source
  double duration_s = 0;       ///< to the first frame of the next clip
  std::string digest;          ///< "sha256:...", of the file
  std::string picture;         ///< JPEG beside it; empty: none
  std::int64_t picture_frame = 0;
  double picture_time_s = 0;
};

struct JournalEntry {
  std::string ref;              ///< file name in the folder; empty if not kept
  std::string source;           ///< clip or picture
  std::optional<double> time_s; ///< presentation time since the first frame
  std::int64_t frame_index = 0; ///< in the source
  int width = 0;                ///< px of the stored picture
  int height = 0;
  bool is_kept = false;
  std::string reason;
  std::string label; ///< of a session: the class; empty: none
  std::optional<ClipEntry> clip;
  std::optional<int> redacted; ///< places made unrecognisable; nothing: nobody looked for any
  std::optional<Judgement> judgement;      ///< by --keep; written, not read again
  std::optional<imaging::Planted> planted; ///< truth of the test pattern; not read again either
  /// Exact boxes, px of the stored picture; nothing if the source knows none.
  std::optional<std::vector<dataset::Annotation>> annotations;

  /// The files in the folder that this line tells of.
  std::vector<std::string> files() const;
  /// The last frame that this line tells of.
  std::int64_t last_frame() const { return clip ? clip->last_frame : frame_index; }
};

/// One JSON object and a line feed.
std::string to_line(const JournalEntry& entry);
/// \param place "frames.jsonl:17". \throws Error(input) if it is not such a line.
JournalEntry parse_line(std::string_view line, const std::string& place);

using VisitLine = std::function<void(const JournalEntry& entry, std::int64_t end_bytes)>;
/// Every line of the journal in the file \p path, a line at a time in memory; a last line without
/// its end was torn by a kill and is left out. \param visit takes the entry and the offset behind
/// its line. \throws Error(input) for a line that is none.
void for_each_line(const std::string& path, const VisitLine& visit);

} // namespace mlopsctl::capture
