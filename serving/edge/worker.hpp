// SPDX-License-Identifier: Apache-2.0
// EdgeWorker: does the work of one kind, oldest first; what cannot be done now is tried again.
#pragma once

#include "serving/edge/queue.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mlopsctl::serving {

class EdgeWorker {
public:
  /// \return what is to do next, which replaces the work. \throws Error(remote): again later;
  /// anything else ends the device.
  using Handle = std::function<std::vector<Work>(const Work&)>;
  EdgeWorker(EdgeQueue& queue, WorkKind kind, Handle handle);
  ~EdgeWorker();
  EdgeWorker(const EdgeWorker&) = delete;
  EdgeWorker& operator=(const EdgeWorker&) = delete;

  void begin();
  /// \throws what ended it.
  void check() const;

private:
  void run() noexcept;
  void work_on();

  EdgeQueue& queue_;
  WorkKind kind_;
  Handle handle_;
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_; ///< of the failure
  std::exception_ptr failure_;
  std::thread thread_;
};

} // namespace mlopsctl::serving
