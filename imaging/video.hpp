// SPDX-License-Identifier: Apache-2.0
// VideoReader: frames of a video file, a network stream or a camera, with their presentation times.
#pragma once

#include "imaging/image.hpp"
#include "imaging/yuv.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::imaging {

enum class VideoKind { file, stream, camera, standard_input };

struct VideoOptions {
  VideoKind kind = VideoKind::file;
  int jobs = 1;                                   ///< decoder threads; never changes results
  double assume_fps = 0;                          ///< for streams without time stamps; 0: not given
  std::optional<std::pair<int, int>> camera_size; ///< px asked of a camera
  double camera_fps = 0;                          ///< asked of a camera; 0: its default
  double timeout_s = 10;                          ///< of network reads
  std::string name;                               ///< for messages; empty: the url without secrets
};

struct VideoInfo {
  std::string container;
  std::string codec;
  int width = 0; ///< px, after the turn below; 0 if the header does not say
  int height = 0;
  double fps = 0;           ///< 0 if unknown
  double duration_s = 0;    ///< what the container claims; 0 if unknown
  int rotation_degrees = 0; ///< clockwise; image() has applied it
  bool has_time = true;     ///< false: a bare stream that does not say its rate, and no assume_fps
  bool is_live = false;     ///< cannot be read again
  bool has_end = true;      ///< false: it goes on until somebody stops it
};

/// A frame without its pixels.
struct VideoFrame {
  std::int64_t index = 0;       ///< 0, 1, 2 ... in the order of presentation
  std::optional<double> time_s; ///< since the first frame, always rising; nothing without has_time
  int width = 0;                ///< px, as image() gives it
  int height = 0;
};

/// What was wrong with a file that could be read in part.
struct VideoDamage {
  std::int64_t damaged = 0; ///< packets or frames left out
  bool is_cut_off = false;
  std::int64_t complaints = 0; ///< of the decoder, also those that it could mend
  std::string message;         ///< the first one
  bool any() const { return damaged > 0 || is_cut_off; }
};

/// Loads the module media.so on first use.
class VideoReader {
public:
  /// \param url a path, rtsp://, http(s)://, or a device such as /dev/video0.
  /// \throws Error(input) if it is not there or no video; Error(remote) for streams; Interrupted.
  VideoReader(const std::string& url, const VideoOptions& options);
  ~VideoReader();
  VideoReader(const VideoReader&) = delete;
  VideoReader& operator=(const VideoReader&) = delete;

  const VideoInfo& info() const { return info_; }
  /// Before the first next(): from here on it gives only the frames that \p takes accepts, and only
  /// these and those that they refer to are decoded; pixels are those of decoding everything.
  /// \p takes is asked once for each frame, in order, before anything is decoded.
  /// \return how many frames there are; nothing: not possible here, and every frame comes.
  std::optional<std::int64_t> choose(const std::function<bool(const VideoFrame&)>& takes);
  /// The next frame, decoded but not converted. Damaged parts are left out and counted in damage().
  /// \return nothing at the end. \throws Error(remote) when a stream breaks; Interrupted.
  std::optional<VideoFrame> next();
  /// RGB pixels of the frame that next() gave, full range.
  Image image();
  /// The same as a JPEG stores it, at a fraction of the cost; nothing for kinds of pixels, and
  /// turned videos, that only image() gives.
  std::optional<YuvImage> planes();
  VideoDamage damage() const;
  /// Presentation times of all frames, without decoding: reads the file once more. May differ by a
  /// frame or two from what decodes. \return rising, from 0; zeros without has_time.
  std::vector<double> scan_times() const;

private:
  struct Module;
  std::unique_ptr<Module> module_;
  std::string url_;
  VideoOptions options_;
  std::string name_;
  VideoKind kind_;
  VideoInfo info_;
  VideoFrame frame_;
};

/// "rtsp://user:secret@host/x?token=y" -> "rtsp://host/x"; what is no URL stays as it is.
std::string without_secrets(const std::string& url);

} // namespace mlopsctl::imaging
