// SPDX-License-Identifier: Apache-2.0
// What a frame of a video is called that has no file of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mlopsctl::dataset {

/// "clip.mp4#t=1.5" (W3C Media Fragments, seconds since the first frame); without a time
/// "clip.mp4#frame=12".
std::string frame_name(const std::string& clip, std::optional<double> time_s, std::int64_t index);
/// "clip.mp4#t=1.5" -> "clip.mp4"; empty for what is no such name.
std::string clip_of_frame_name(const std::string& name);

} // namespace mlopsctl::dataset
