// SPDX-License-Identifier: Apache-2.0
// EdgeCamera: takes frames of the device's camera into the queue, one capture at a time.
#pragma once

#include "capture/frame_source.hpp"
#include "serving/edge/allowance.hpp"
#include "serving/edge/message.hpp"
#include "serving/edge/request.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

namespace mlopsctl::serving {

struct CameraOptions {
  std::string source; ///< as capture takes it
  capture::SourceOptions source_options;
  CapturePlan plan; ///< where a start does not say
  double longest_s = 3600;
  int quality = 95; ///< of the JPEG files
};

/// A start that was accepted is in the queue until its last frame is. After a kill it goes on
/// behind the last frame; of a live camera the rest is gone, which is said.
class EdgeCamera {
public:
  EdgeCamera(CameraOptions options, const EdgeVoice& voice, EdgeQueue& queue);
  ~EdgeCamera(); ///< ends a capture that goes on; its start stays
  EdgeCamera(const EdgeCamera&) = delete;
  EdgeCamera& operator=(const EdgeCamera&) = delete;

  void begin();
  /// Any thread, and does not wait: the answer goes to the status topic.
  void start(const std::string& payload);
  void stop(); ///< no more frames
  /// \throws what ended it, such as a full disk.
  void check() const;

private:
  struct Capture;
  void run() noexcept;
  void capture(const Work& work);
  void take_frames(Capture& now, capture::FrameSource& source);
  bool is_begun_here(const std::string& start) const;
  bool keep(Capture& now, const capture::Frame& frame, capture::FrameSource& source);
  void accept(const StartRequest& request);
  void refuse(const std::string& state, const std::string& start, const std::string& why);

  const CameraOptions options_;
  const EdgeVoice& voice_;
  EdgeQueue& queue_;
  std::atomic<bool> is_stopping_{false};
  Allowance answers_{5, 20};
  std::atomic<bool> is_flooded_{false};
  mutable std::mutex mutex_; ///< of what follows
  std::string begun_here_;   ///< the start that this process accepted last
  std::exception_ptr failure_;
  std::thread thread_;
};

} // namespace mlopsctl::serving
