// SPDX-License-Identifier: Apache-2.0
// LiveSource: a camera or a stream without an end that is opened again when it stops.
#pragma once

#include "capture/frame_source.hpp"

#include <functional>
#include <memory>

namespace mlopsctl::capture {

/// \param first as \p open gave it. \param open opens the source anew. \param max_gap_s how long it
/// may be away before it is given up, which is Error(remote); 0: the first stop is the end, and
/// only one with a reason is an error. Numbers of frames go on across a gap, and times count it.
std::unique_ptr<FrameSource> keep_alive(std::unique_ptr<FrameSource> first,
                                        std::function<std::unique_ptr<FrameSource>()> open,
                                        double max_gap_s);

} // namespace mlopsctl::capture
