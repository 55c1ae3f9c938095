// SPDX-License-Identifier: Apache-2.0
// What cannot be captured together: options beside what the source is.
#pragma once

#include "capture/capture.hpp"
#include "capture/frame_source.hpp"

namespace mlopsctl::capture {

/// \throws Error(usage) before anything is written.
void check_capture(const CaptureOptions& options, const SourceInfo& info);

} // namespace mlopsctl::capture
