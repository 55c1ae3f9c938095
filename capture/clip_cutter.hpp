// SPDX-License-Identifier: Apache-2.0
// ClipCutter: which frames make a clip, by their presentation times alone.
#pragma once

#include <cstdint>
#include <optional>

namespace mlopsctl::capture {

/// One clip: the frames with a time in [number * length, (number + 1) * length).
struct ClipSpan {
  std::int64_t number = 0;
  std::int64_t frames = 0;
  std::int64_t begin_ticks = 0; ///< time of its first frame
  std::int64_t end_ticks = 0;   ///< of the first frame behind it, so that clips join without a gap
};

class ClipCutter {
public:
  /// \param length_s above 0.
  explicit ClipCutter(double length_s);

  /// imaging::VideoWriter's unit: whole numbers, so that no rounding moves a frame to another clip.
  static std::int64_t ticks_of(double time_s);

  /// \param time_s since the first frame of the source, rising.
  /// \return the clip before, if this frame is the first of another one.
  std::optional<ClipSpan> add(double time_s);
  /// The clip in hand, if the source lasts to its end: as far as \p reached_s, or as if its last
  /// frame were shown as long as the longest-shown one of this clip.
  std::optional<ClipSpan> finish(std::optional<double> reached_s) const;

  /// Of the clip in hand.
  std::int64_t frames() const { return frames_; }
  std::int64_t begin_ticks() const { return begin_ticks_; }
  std::int64_t middle_ticks() const { return number_ * length_ticks_ + length_ticks_ / 2; }
  /// Clips so far in whose time no frame came.
  std::int64_t empty() const { return empty_; }

private:
  std::int64_t length_ticks_;
  std::int64_t number_ = -1; ///< no frame yet
  std::int64_t frames_ = 0;
  std::int64_t begin_ticks_ = 0;
  std::int64_t last_ticks_ = 0;
  std::int64_t longest_ticks_ = 0; ///< between its frames; of a single frame from the one before
  std::int64_t empty_ = 0;
};

} // namespace mlopsctl::capture
