// SPDX-License-Identifier: Apache-2.0
#include "imaging/middle_frame.hpp"

#include "core/error.hpp"
#include "imaging/video.hpp"

#include <algorithm>

namespace mlopsctl::imaging {

std::size_t middle_of(const std::vector<double>& times_s) {
  const auto count = times_s.size();
  if (count < 2 || times_s.back() <= times_s.front())
    return count / 2;
  const double end_s = times_s.back() + (times_s.back() - times_s[count - 2]);
  // A hair later, so that a frame that begins in the very middle is the one.
  const double middle_s = (times_s.front() + end_s) / 2 + 1e-6;
  const auto after = std::upper_bound(times_s.begin(), times_s.end(), middle_s);
  return static_cast<std::size_t>(after - times_s.begin()) - 1;
}

MiddleFrame middle_frame(const std::string& path, const std::string& name) {
  VideoOptions options;
  options.name = name;
  VideoReader video(path, options);
  const auto wanted = static_cast<std::int64_t>(middle_of(video.scan_times()));
  video.choose([&](const VideoFrame& frame) { return frame.index == wanted; });
  // Where nothing can be chosen every frame comes; of a damaged clip the last that there is.
  MiddleFrame found;
  while (const auto frame = video.next()) {
    found = {video.image(), frame->time_s};
    if (frame->index >= wanted)
      break;
  }
  if (found.image.width == 0)
    throw Error(Fault::input, name + ": has no frame that can be decoded", "is the clip whole?");
  return found;
}

} // namespace mlopsctl::imaging
