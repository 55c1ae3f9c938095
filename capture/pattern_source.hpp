// SPDX-License-Identifier: Apache-2.0
// pattern:shapes?seed=1&size=640x480&fps=30&seconds=10 as a source of frames with exact boxes.
#pragma once

#include "capture/frame_source.hpp"
#include "imaging/pattern.hpp"

namespace mlopsctl::capture {

/// \param url "pattern:shapes" and its options; what is missing keeps PatternOptions' default.
/// \throws Error(usage) for an unknown scene, key or value.
imaging::PatternOptions parse_pattern_url(const std::string& url);

std::unique_ptr<FrameSource> open_pattern(const std::string& url, const SourceOptions& options);

} // namespace mlopsctl::capture
