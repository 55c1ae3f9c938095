// SPDX-License-Identifier: Apache-2.0
// The pipeline of a capture: source, choice, JPEG, folder, journal.
#pragma once

#include "capture/clip_writer.hpp"
#include "capture/frame_outlet.hpp"
#include "capture/frame_source.hpp"
#include "capture/journal.hpp"
#include "capture/keep_rules.hpp"
#include "capture/sampling.hpp"
#include "capture/session.hpp"
#include "core/error.hpp"
#include "dataset/stream.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::capture {

/// Makes what must not be stored of a picture unrecognisable, before anything of it is written.
struct Redaction {
  std::string by; ///< what decides: --resume goes on with the same
  /// Called from several threads. \return how many places. What it throws leaves the frame out
  /// (Error(input)) or ends the capture.
  std::function<int(imaging::Image&)> apply;
};

struct CaptureOptions {
  std::string source;
  std::string output; ///< a folder; for capture_to_store() a prefix of a bucket
  Selection selection;
  KeepRules keep;
  ClipOptions clips;                       ///< any(): clips are stored, not frames
  SessionOptions session;                  ///< any(): frames have a class
  std::optional<std::pair<int, int>> size; ///< px of the stored frames; nothing: as they come
  std::optional<Redaction> redaction;
  int quality = 95; ///< 1..100
  std::string name = "frame{index:06}.jpg";
  double assume_fps = 0; ///< 0: not given
  double max_gap_s = 10; ///< see keep_alive()
  bool overwrite = false;
  bool resume = false;
  int jobs = 1;
  /// Called for every candidate in order, those of earlier runs too, with a small JPEG of it (empty
  /// if it could not be decoded). Nothing: none is made.
  std::function<void(const JournalEntry&, const std::string& thumbnail)> on_decided;
  std::function<void(const SourceInfo&)> on_open; ///< called before the first frame, if any
  /// Called after each frame that was looked at. \p kept frames or clips are in the folder.
  std::function<void(std::int64_t kept)> on_stored;
  FrameOutlet* outlet = nullptr; ///< where frames go on to from the folder; null: they stay there
};

/// With --clips.
struct ClipCounts {
  std::int64_t written = 0;        ///< in the folder now
  std::int64_t written_before = 0; ///< of these by earlier runs
  std::int64_t partial_frames = 0; ///< behind the last whole clip
  std::int64_t empty = 0;          ///< clips in whose time no frame came
};

struct CaptureResult {
  std::string source;                          ///< without secrets
  std::int64_t read = 0;                       ///< frames of the source in this run
  std::int64_t kept = 0;                       ///< frames in the folder now
  std::int64_t kept_before = 0;                ///< of these by earlier runs
  std::int64_t sent = 0;                       ///< of the frames, to a store, by this run
  std::int64_t unreadable = 0;                 ///< pictures that could not be decoded
  std::int64_t redacted = 0;                   ///< places in the frames that are in the folder now
  std::map<std::string, std::int64_t> dropped; ///< by reason, by earlier runs too
  ClipCounts clips;
  Session::Counts classes;     ///< of a session: frames by class, in the folder now
  bool is_live = false;        ///< --resume cannot go on, but for sessions
  bool is_interrupted = false; ///< by SIGINT or SIGTERM; what is kept is complete
  Problems problems;
};

/// Creates a label file. Handed in, because capture knows no label formats.
/// \param path file to write. \param attribute name of the label. \param classes names in the order
/// of their ids.
using CreateLabels = std::function<std::unique_ptr<dataset::SampleWriter>(
    const std::string& path, const std::string& attribute,
    const std::vector<std::string>& classes)>;

/// \param on_read called after each frame that was read.
/// \throws Error. Frames that are kept stay, and the journal tells of exactly these.
CaptureResult capture(const CaptureOptions& options, const CreateLabels& create_labels,
                      const std::function<void()>& on_read);

} // namespace mlopsctl::capture
