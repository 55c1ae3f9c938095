// SPDX-License-Identifier: Apache-2.0
// Allowance: how often something may be done, so that a flood of requests is no flood of answers.
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace mlopsctl::serving {

/// Any thread.
class Allowance {
public:
  /// \param most that may be done at once after a pause.
  Allowance(double per_s, double most) : per_s_(per_s), most_(most), left_(most) {}

  bool take() {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    left_ = std::min(most_, left_ + std::chrono::duration<double>(now - last_).count() * per_s_);
    last_ = now;
    if (left_ < 1)
      return false;
    left_ -= 1;
    return true;
  }

private:
  const double per_s_, most_;
  std::mutex mutex_;
  double left_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

} // namespace mlopsctl::serving
