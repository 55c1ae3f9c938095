// SPDX-License-Identifier: Apache-2.0
#include "capture/clip_cutter.hpp"

#include "imaging/video_writer.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::capture {

ClipCutter::ClipCutter(double length_s)
    : length_ticks_(std::max<std::int64_t>(1, ticks_of(length_s))) {}

std::int64_t ClipCutter::ticks_of(double time_s) {
  return std::llround(time_s * imaging::VideoWriter::k_ticks_per_s);
}

std::optional<ClipSpan> ClipCutter::add(double time_s) {
  const std::int64_t ticks = ticks_of(time_s), number = ticks / length_ticks_;
  const std::int64_t shown_ticks = number_ < 0 ? 0 : ticks - last_ticks_;
  last_ticks_ = ticks;
  if (number == number_) {
    longest_ticks_ = frames_ == 1 ? shown_ticks : std::max(longest_ticks_, shown_ticks);
    ++frames_;
    return std::nullopt;
  }
  std::optional<ClipSpan> done;
  if (number_ >= 0)
    done = {number_, frames_, begin_ticks_, ticks};
  empty_ += number - number_ - 1;
  number_ = number;
  frames_ = 1;
  begin_ticks_ = ticks;
  longest_ticks_ = shown_ticks <= length_ticks_ ? shown_ticks : 0; // else it stood still
  return done;
}

std::optional<ClipSpan> ClipCutter::finish(std::optional<double> reached_s) const {
  if (number_ < 0)
    return std::nullopt;
  const std::int64_t end_ticks = (number_ + 1) * length_ticks_;
  const std::int64_t reached_ticks = reached_s ? ticks_of(*reached_s) : 0;
  constexpr std::int64_t k_rounding_ticks = 1;
  if (std::max(reached_ticks, last_ticks_ + longest_ticks_) + k_rounding_ticks < end_ticks)
    return std::nullopt;
  return ClipSpan{number_, frames_, begin_ticks_, end_ticks};
}

} // namespace mlopsctl::capture
