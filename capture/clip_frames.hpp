// SPDX-License-Identifier: Apache-2.0
// ClipFrames: the frames of one video that are wanted, in order, for whoever looks at them instead
// of storing them.
#pragma once

#include "capture/frame_source.hpp"
#include "capture/sampling.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::capture {

/// One of `count` ranges of time of a video, of as many frames each; all together are the whole.
struct ClipSlice {
  int index = 1; ///< 1..count
  int count = 1;
};

struct ClipFrame {
  Frame frame;
  std::function<Picture()> picture; ///< may be called once, from any thread, at any time
};

class ClipFrames {
public:
  /// Which frames \p selection takes does not depend on the slice.
  /// \throws Error(input) if \p url is no video; Error(usage) if it has no times, or no end, and
  /// the selection or the slice needs them.
  ClipFrames(const std::string& url, const Selection& selection, const ClipSlice& slice,
             const SourceOptions& options);

  /// \throws Error(input | remote); Interrupted.
  std::optional<ClipFrame> next();
  /// What was wrong with a file that could be read in part.
  Problems problems() const { return source_->problems(); }

private:
  bool takes(const Frame& frame);

  std::unique_ptr<FrameSource> source_;
  Sampler sampler_;
  std::int64_t first_ = 0; ///< frames of the slice
  std::optional<std::int64_t> end_;
  bool is_chosen_ = false; ///< the source gives wanted frames only
};

/// By its name's extension, or by how it begins. \param head its first bytes, 12 if there are.
bool is_video(const std::string& name, std::string_view head);
bool is_video_file(const std::string& path);

} // namespace mlopsctl::capture
