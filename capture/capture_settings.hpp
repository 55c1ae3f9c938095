// SPDX-License-Identifier: Apache-2.0
// What decides the frames of a capture: stored in its folder, compared by --resume.
#pragma once

#include "capture/capture.hpp"
#include "capture/frame_source.hpp"
#include "core/value.hpp"

namespace mlopsctl::capture {

Value settings_of(const CaptureOptions& options, const SourceInfo& source);

} // namespace mlopsctl::capture
