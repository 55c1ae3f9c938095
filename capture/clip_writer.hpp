// SPDX-License-Identifier: Apache-2.0
// ClipWriter: turns the frames of a capture into clips of one length, one MP4 file each.
#pragma once

#include "capture/capture_folder.hpp"
#include "capture/clip_cutter.hpp"
#include "capture/frame_judge.hpp"
#include "capture/name_template.hpp"
#include "imaging/video_writer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::capture {

/// Which frame of a clip is stored as a picture beside it.
enum class ClipPicture { none, first, middle, last };

/// \param text first, middle or last. \throws Error(usage) for another one.
ClipPicture parse_clip_picture(const std::string& text);
/// Empty for none.
std::string to_text(ClipPicture picture);

struct ClipOptions {
  double length_s = 0; ///< 0: frames, not clips
  ClipPicture picture = ClipPicture::none;

  bool any() const { return length_s > 0; }
};

class ClipWriter {
public:
  /// \param folder must outlive it; clips that it has are not written again.
  /// \param quality 1..100, see imaging::VideoWriter.
  ClipWriter(const ClipOptions& options, int quality, const NameTemplate& name,
             CaptureFolder& folder);
  ~ClipWriter();

  /// The next frame. Those up to the last one in the folder may come again, without planes.
  /// \throws Error(input) if its size is odd, or the clip cannot be written.
  void add(Candidate&& candidate);
  /// The source has ended. \param reached_s it is known to last until then.
  void finish(std::optional<double> reached_s);
  /// Frames behind the last whole clip, which are not kept.
  std::int64_t partial_frames() const { return clip_ ? cutter_.frames() : 0; }
  /// Clips in whose time no frame came.
  std::int64_t empty() const { return cutter_.empty(); }

private:
  void begin(const Candidate& candidate);
  void write(const Candidate& candidate, std::int64_t ticks);
  void choose_picture(Candidate&& candidate, std::int64_t ticks);
  void close(const ClipSpan& span);

  ClipOptions options_;
  int quality_;
  const NameTemplate& name_;
  CaptureFolder& folder_;
  ClipCutter cutter_;
  std::int64_t written_behind_; ///< frames up to this one are in the folder
  int width_ = 0;               ///< px, of the first clip: all have one size
  int height_ = 0;
  std::unique_ptr<imaging::VideoWriter> clip_; ///< in hand; null: none, or one that was written
  JournalEntry entry_;                         ///< of it
  imaging::YuvImage picture_;                  ///< of it; empty: not chosen yet
};

} // namespace mlopsctl::capture
