// SPDX-License-Identifier: Apache-2.0
#include "capture/video_source.hpp"

#include "capture/live_source.hpp"
#include "core/local_copy.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"
#include "imaging/video.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

class VideoSource final : public FrameSource {
public:
  VideoSource(const std::string& url, const imaging::VideoOptions& options)
      : reader_(url, options) {
    describe(options.name.empty() ? imaging::without_secrets(url) : options.name);
  }
  /// Of a store: a container is not read from front to back.
  VideoSource(std::unique_ptr<LocalCopy> copy, const imaging::VideoOptions& options)
      : copy_(std::move(copy)), reader_(copy_->path(), options) {
    describe(options.name);
  }

  const SourceInfo& info() const override { return info_; }

  std::optional<std::int64_t> choose(const std::function<bool(const Frame&)>& takes) override {
    return reader_.choose([&](const imaging::VideoFrame& frame) {
      return takes({frame.index, frame.time_s, info_.name});
    });
  }

  std::optional<Frame> next() override {
    const auto frame = reader_.next();
    if (!frame)
      return std::nullopt;
    return Frame{frame->index, frame->time_s, info_.name};
  }

  std::function<Picture()> picture() override {
    // The decoder goes on with the next frame while another thread encodes this one.
    auto picture = std::make_shared<Picture>();
    if (auto planes = reader_.planes())
      picture->yuv = std::move(*planes);
    else
      picture->image = reader_.image();
    return [picture] { return std::move(*picture); };
  }

  std::optional<std::vector<double>> times() const override {
    if (info_.is_live)
      return std::nullopt;
    return reader_.scan_times();
  }

  Problems problems() const override {
    const auto damage = reader_.damage();
    Problems problems;
    const auto said = damage.message.empty() ? "" : " (" + damage.message + ")";
    if (damage.is_cut_off)
      problems.push_back(
          {"video-cut-off", Severity::error, info_.name,
           "the file ends before its own header says it does; the frames up to there "
           "are kept" +
               said});
    if (damage.damaged > 0)
      problems.push_back({"video-damaged", Severity::error, info_.name,
                          std::to_string(damage.damaged) +
                              " packets or frames are damaged and were left out" + said});
    else if (damage.complaints > 0 && !damage.is_cut_off)
      problems.push_back({"video-mended", Severity::warning, info_.name,
                          "the decoder complained " + std::to_string(damage.complaints) +
                              " times and went on; look at the frames" + said});
    return problems;
  }

private:
  void describe(const std::string& name) {
    info_.name = name;
    info_.has_time = reader_.info().has_time;
    info_.is_live = reader_.info().is_live;
    info_.has_end = reader_.info().has_end;
  }

  std::unique_ptr<LocalCopy> copy_; ///< what reader_ reads; null: a file, a stream or a device
  imaging::VideoReader reader_;
  SourceInfo info_;
};

/// Opened again when it stops, unless it says how long it is.
std::unique_ptr<FrameSource> open_live(const std::string& url, const imaging::VideoOptions& video,
                                       double max_gap_s) {
  const auto open = [url, video] { return std::make_unique<VideoSource>(url, video); };
  auto first = open();
  if (first->info().has_end)
    return first;
  return keep_alive(std::move(first), open, max_gap_s);
}

} // namespace

std::unique_ptr<FrameSource> open_video_file(const std::string& url, const SourceOptions& options) {
  imaging::VideoOptions video;
  video.jobs = options.jobs;
  video.assume_fps = options.assume_fps;
  if (!remote_scheme_of(url))
    return std::make_unique<VideoSource>(url, video);
  video.name = url;
  return std::make_unique<VideoSource>(std::make_unique<LocalCopy>(*open_source(url)), video);
}

std::unique_ptr<FrameSource> open_standard_input(const std::string& url,
                                                 const SourceOptions& options) {
  imaging::VideoOptions video;
  video.kind = imaging::VideoKind::standard_input;
  video.jobs = options.jobs;
  video.assume_fps = options.assume_fps;
  return std::make_unique<VideoSource>(url, video);
}

std::unique_ptr<FrameSource> open_stream(const std::string& url, const SourceOptions& options) {
  imaging::VideoOptions video;
  video.kind = imaging::VideoKind::stream;
  video.jobs = options.jobs;
  video.assume_fps = options.assume_fps;
  return open_live(url, video, options.max_gap_s);
}

std::unique_ptr<FrameSource> open_camera(const std::string& url, const SourceOptions& options) {
  constexpr std::string_view k_scheme = "camera:";
  std::string device = url;
  if (url.starts_with(k_scheme)) {
    const auto id = parse_int(std::string_view(url).substr(k_scheme.size()));
    if (!id || *id < 0 || *id > 255)
      throw Error(Fault::usage, printable(url) + ": a camera is camera:N with N from 0 to 255",
                  "camera:0 is /dev/video0");
    device = "/dev/video" + std::to_string(*id);
  }
  const std::string name = device == url ? url : url + ": " + device;
  const int descriptor = ::open(device.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    const int code = errno;
    throw Error(Fault::input, name + ": " + std::strerror(code), // NOLINT(concurrency-mt-unsafe)
                code == EACCES ? "run 'usermod -aG video $USER' and log in again"
                               : "plug one in or see 'mlopsctl doctor'");
  }
  ::close(descriptor);
  imaging::VideoOptions video;
  video.kind = imaging::VideoKind::camera;
  video.jobs = options.jobs;
  video.camera_size = options.camera_size;
  video.name = name;
  return open_live(device, video, options.max_gap_s);
}

} // namespace mlopsctl::capture
