// SPDX-License-Identifier: Apache-2.0
// A folder of pictures as a source of frames.
#pragma once

#include "capture/frame_source.hpp"

namespace mlopsctl::capture {

/// Times follow from options.assume_fps, or there are none.
std::unique_ptr<FrameSource> open_picture_folder(const std::string& path,
                                                 const SourceOptions& options);

} // namespace mlopsctl::capture
