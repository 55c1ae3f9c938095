// SPDX-License-Identifier: Apache-2.0
#include "capture/sampling.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::capture {
namespace {

[[noreturn]] void fail_no_times(const SourceInfo& info) {
  throw Error(Fault::usage,
              info.name + ": its frames have no time stamps, so they cannot be chosen by time",
              "say the frame rate with --assume-fps R, or choose by count with --every N");
}

} // namespace

void parse_every(const std::string& text, Selection& selection) {
  if (const auto count = parse_int(text)) {
    if (*count < 1)
      throw Error(Fault::usage, "--every: '" + text + "' is not above 0");
    selection.every = *count;
    return;
  }
  const bool has_unit = !text.empty() && text.find_last_of("0123456789.") != text.size() - 1;
  const auto step_s = has_unit ? parse_duration_s(text) : std::nullopt;
  if (!step_s)
    throw Error(Fault::usage, "--every: '" + printable(text) + "' is neither a count nor a time",
                "--every 10 takes every tenth frame, --every 200ms one every 200 milliseconds");
  selection.step_s = step_s;
}

Sampler::Sampler(const Selection& selection, const FrameSource& source) : selection_(selection) {
  const auto& info = source.info();
  if ((selection.step_s || selection.duration_s) && !info.has_time)
    fail_no_times(info);
  if (!selection.at_most)
    return;
  const auto times_s = source.times();
  if (!times_s)
    throw Error(Fault::usage, info.name + ": has no known end to spread --at-most over",
                "use --fps or --every, with --duration");
  total_ = std::count_if(times_s->begin(), times_s->end(), [&](double time_s) {
    return !selection.duration_s || time_s < *selection.duration_s;
  });
}

bool Sampler::takes(const Frame& frame) {
  if (selection_.every)
    return frame.index % *selection_.every == 0;
  if (selection_.at_most) {
    // The k-th of N frames of M is the first one not before k * M / N.
    const auto count = *selection_.at_most, total = std::max<std::int64_t>(*total_, 1);
    if (count >= total)
      return true;
    if (frame.index >= total)
      return false;
    const auto position = [&](std::int64_t index) { return index * count / total; };
    return frame.index == 0 || position(frame.index) != position(frame.index - 1);
  }
  if (!selection_.step_s)
    return true;
  const double step_s = *selection_.step_s;
  const double early_s = std::min(0.001, step_s / 10);
  const auto reached =
      static_cast<std::int64_t>(std::floor((frame.time_s.value_or(0) + early_s) / step_s));
  if (reached < next_step_)
    return false;
  next_step_ = reached + 1;
  return true;
}

bool Sampler::is_past_end(const Frame& frame) const {
  return selection_.duration_s && frame.time_s.value_or(0) >= *selection_.duration_s;
}

} // namespace mlopsctl::capture
