// SPDX-License-Identifier: Apache-2.0
// Video files, network streams and cameras as sources of frames.
#pragma once

#include "capture/frame_source.hpp"

namespace mlopsctl::capture {

std::unique_ptr<FrameSource> open_video_file(const std::string& url, const SourceOptions& options);
/// Standard input, "-": containers that can be read from front to back.
std::unique_ptr<FrameSource> open_standard_input(const std::string& url,
                                                 const SourceOptions& options);
std::unique_ptr<FrameSource> open_stream(const std::string& url, const SourceOptions& options);
/// \param url "camera:N", which is /dev/videoN, or a device's path.
std::unique_ptr<FrameSource> open_camera(const std::string& url, const SourceOptions& options);

} // namespace mlopsctl::capture
