// SPDX-License-Identifier: Apache-2.0
// FrameSource: where frames come from. A source is one file and one line in sources.cpp.
#pragma once

#include "core/error.hpp"
#include "dataset/sample.hpp"
#include "imaging/image.hpp"
#include "imaging/pattern_plan.hpp"
#include "imaging/yuv.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::capture {

/// A frame's pixels, and the boxes in it where the source knows them.
struct Picture {
  imaging::Image image; ///< empty: yuv has the pixels
  std::vector<dataset::Annotation> annotations;
  imaging::YuvImage yuv{}; ///< of a video, where its pixels are of that kind

  int width() const { return image.empty() ? yuv.width : image.width; }
  int height() const { return image.empty() ? yuv.height : image.height; }
  /// Makes image of yuv where there is none yet.
  imaging::Image& rgb() {
    if (image.empty())
      image = imaging::to_rgb(yuv);
    return image;
  }
};

struct Frame {
  std::int64_t index = 0;       ///< 0, 1, 2 ... in the source
  std::optional<double> time_s; ///< presentation time since the first frame
  std::string source;           ///< the clip or picture it is from; secrets of URLs removed
  std::optional<imaging::Planted> planted{}; ///< by the test pattern
};

struct SourceInfo {
  std::string name;                 ///< for messages and the journal
  bool has_time = true;             ///< false: frames have no time_s
  bool is_live = false;             ///< no known end, cannot be read again
  bool has_end = true;              ///< false: a camera; when it stops, something is wrong
  std::vector<std::string> classes; ///< of the boxes; empty: the source knows no boxes
};

class FrameSource {
public:
  virtual ~FrameSource() = default;
  virtual const SourceInfo& info() const = 0;
  /// Before the first next(): it gives only the frames that \p takes accepts, which may save work.
  /// \p takes is asked once for each frame, in order.
  /// \return how many frames there are; nothing: every frame comes.
  virtual std::optional<std::int64_t> choose(const std::function<bool(const Frame&)>& takes) {
    static_cast<void>(takes);
    return std::nullopt;
  }
  /// \return nothing at the end. Cheap for frames whose picture is not asked for.
  /// \throws Error(input | remote); Interrupted.
  virtual std::optional<Frame> next() = 0;
  /// Makes the picture of the frame that next() gave; may be called once, from any thread, also
  /// after further calls of next().
  virtual std::function<Picture()> picture() = 0;
  /// Times of all frames (zeros without has_time), for an even choice; nothing if live.
  virtual std::optional<std::vector<double>> times() const = 0;
  /// What was wrong with a source that could be read in part.
  virtual Problems problems() const { return {}; }
};

struct SourceOptions {
  int jobs = 1;                                   ///< threads for decoding; never changes results
  double assume_fps = 0;                          ///< for sources without times; 0: not given
  std::optional<std::pair<int, int>> camera_size; ///< px asked of a camera
  double max_gap_s = 10; ///< of a camera or a stream without an end: how long it may be away
};

struct SourceKind {
  std::string_view name;
  std::string_view form; ///< how it is written on the command line
  std::string_view summary;
  bool (*recognises)(const std::string& url);
  std::unique_ptr<FrameSource> (*open)(const std::string& url, const SourceOptions& options);
};

/// Every kind, in the order in which they are asked. sources.cpp.
const std::vector<SourceKind>& all_sources();

/// \throws Error if nothing recognises \p url, with the nearest kind; or if it cannot be opened.
std::unique_ptr<FrameSource> open_frames(const std::string& url, const SourceOptions& options);

} // namespace mlopsctl::capture
