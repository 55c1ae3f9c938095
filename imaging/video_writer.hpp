// SPDX-License-Identifier: Apache-2.0
// VideoWriter: frames with their times as one H.264 file (MP4).
#pragma once

#include "imaging/yuv.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mlopsctl::imaging {

/// The same frames give the same bytes. Loads the module media.so on first use.
class VideoWriter {
public:
  /// Unit of the stamps: of most frame rates a whole number makes a frame.
  static constexpr int k_ticks_per_s = 90'000;

  /// \param path replaced if it is there. \param width px, even, as \p height.
  /// \param quality 1..100, about what a JPEG of that quality looks like; 100 loses nothing.
  /// \throws Error(input) if the file cannot be written, as the others do.
  VideoWriter(const std::string& path, int width, int height, int quality);
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

  /// \param picture of that size. \param ticks since the first frame, always rising.
  void add(const YuvImage& picture, std::int64_t ticks);
  /// \param end_ticks until when the last frame is shown. Without it the file is no video.
  void finish(std::int64_t end_ticks);

private:
  struct Module;
  std::unique_ptr<Module> module_;
  std::string path_;
};

} // namespace mlopsctl::imaging
