// SPDX-License-Identifier: Apache-2.0
// Sending a request again: after which failures, and how long to wait before.
#pragma once

#include "net/http.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <random>

namespace mlopsctl::net {

/// Waits between attempts: a random part of a span that doubles ("full jitter"), so that many
/// clients do not come back at once.
class Backoff {
public:
  using Sleep = std::function<void(double seconds)>;
  /// \param sleep empty: waits for real, and stops at Ctrl-C.
  explicit Backoff(Sleep sleep = {});
  Backoff(Backoff&& other) noexcept
      : sleep_(std::move(other.sleep_)), random_(std::move(other.random_)) {}
  /// \param attempt 1: the first has failed. \param least_s what the server asked for. Any thread.
  void wait(int attempt, double least_s = 0);
  static double longest_s(int attempt); ///< 0.05, 0.1, 0.2 ... 20
  /// One attempt. \return nothing after a failure on the way that may pass, when it has waited.
  /// \throws what \p send throws, when it has been tried as often as it is worth.
  std::optional<HttpReply> attempt(int attempt, const std::function<HttpReply()>& send);

private:
  Sleep sleep_;
  std::mutex mutex_;
  std::mt19937_64 random_;
};

/// Of a reply's status: the same request may be answered a moment later.
bool may_pass(int status);

/// Seconds that a server asks to be left alone (Retry-After), two minutes at most; 0: it does not.
double retry_after_s(const HttpReply& reply);

} // namespace mlopsctl::net
