// SPDX-License-Identifier: Apache-2.0
// Wall clock as text, and a stopwatch.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mlopsctl {

/// "2026-11-20T22:58:00.123Z", UTC.
std::string utc_now();
/// "2026-11-20T22:58:00Z" of seconds since 1970.
std::string utc_text(std::int64_t time_s);

/// Monotonic time since construction.
class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double milliseconds() const { return seconds() * 1e3; }

private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace mlopsctl
