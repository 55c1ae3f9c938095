// SPDX-License-Identifier: Apache-2.0
// Which frames of a source are taken: by time, by count, or a given number of them.
#pragma once

#include "capture/frame_source.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace mlopsctl::capture {

/// At most one of step_s, every and at_most; none: every frame.
struct Selection {
  std::optional<double> step_s;        ///< --fps 2 is 0.5; --every 200ms is 0.2
  std::optional<std::int64_t> every;   ///< every Nth frame, from the first
  std::optional<std::int64_t> at_most; ///< evenly spread over the whole
  std::optional<double> duration_s;    ///< frames before this time only
};

/// "200ms" -> step_s, "10" -> every. \throws Error(usage).
void parse_every(const std::string& text, Selection& selection);

/// Decides frame by frame; depends on nothing but the frames so far, so a second run over the same
/// source decides the same.
class Sampler {
public:
  /// \param source asked for its times if at_most needs them.
  /// \throws Error(usage) if the source has no times and the selection needs them, or no end.
  Sampler(const Selection& selection, const FrameSource& source);

  /// By time, a frame is taken when its stamp reaches the next multiple of the step: the same clip
  /// at 15 or 60 frames a second gives the same moments. Stamps may be 1 ms early (Matroska
  /// rounds).
  bool takes(const Frame& frame);
  /// No frame from this one on is taken.
  bool is_past_end(const Frame& frame) const;
  /// How many frames there will be to read, where known; for progress.
  std::optional<std::int64_t> total() const { return total_; }

private:
  Selection selection_;
  std::int64_t next_step_ = 0;
  std::optional<std::int64_t> total_;
};

} // namespace mlopsctl::capture
