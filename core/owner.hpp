// SPDX-License-Identifier: Apache-2.0
// Owner: which process writes an output, in words that another process, here or on another machine,
// can judge: is it still at it?
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace mlopsctl {

inline constexpr std::int64_t k_owner_stale_s = 60; ///< without a sign of life it is gone
inline constexpr double k_heartbeat_s = 15;

struct Owner {
  std::string host;
  std::string boot_id;       ///< of the running kernel; with the next, which process \c pid is
  std::string pid_namespace; ///< containers count their processes from 1 each
  std::int64_t pid = 0;
  std::int64_t start_ticks = 0; ///< of the process, since boot: pids are used again
  std::int64_t heartbeat_s = 0; ///< last sign of life, seconds since 1970
};

/// With a heartbeat of now.
Owner this_process();
/// One JSON object and a line feed. The schema is the one of folders that are not finished.
std::string to_text(const Owner& owner);
/// Nothing for what is no such text.
std::optional<Owner> parse_owner(std::string_view text);
/// On this machine: the process has ended. Elsewhere: no heartbeat for k_owner_stale_s.
bool is_gone(const Owner& owner);
/// "process 123 on front-desk (last sign of life 12 s ago)".
std::string describe(const Owner& owner);

/// Calls \p beat every k_heartbeat_s on a thread of its own until it is destroyed.
class Heartbeat {
public:
  /// \param beat must not throw.
  explicit Heartbeat(std::function<void()> beat, double every_s = k_heartbeat_s);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_done_ = false;
  std::thread thread_;
};

} // namespace mlopsctl
