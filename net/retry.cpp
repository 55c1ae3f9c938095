// SPDX-License-Identifier: Apache-2.0
#include "net/retry.hpp"

#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/pause.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::net {
namespace {

constexpr double k_first_wait_s = 0.05;
constexpr double k_longest_wait_s = 20;

} // namespace

Backoff::Backoff(Sleep sleep)
    : sleep_(sleep ? std::move(sleep) : Sleep(pause_for)), random_(std::random_device{}()) {}

double Backoff::longest_s(int attempt) {
  return std::min(k_longest_wait_s, std::ldexp(k_first_wait_s, std::min(attempt, 30) - 1));
}

void Backoff::wait(int attempt, double least_s) {
  double seconds = 0;
  {
    const std::lock_guard lock(mutex_);
    seconds = std::uniform_real_distribution<double>(0, longest_s(attempt))(random_);
  }
  sleep_(std::max(seconds, least_s));
}

std::optional<HttpReply> Backoff::attempt(int attempt, const std::function<HttpReply()>& send) {
  check_interrupt();
  try {
    return send();
  } catch (const TransportError& error) {
    if (attempt >= error.attempts())
      throw;
    log::verbose(std::string(error.what()) + ": trying again");
  }
  wait(attempt);
  return std::nullopt;
}

bool may_pass(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

double retry_after_s(const HttpReply& reply) {
  constexpr std::int64_t k_longest_plea_s = 120;
  const auto value = parse_int(reply.header("retry-after").value_or(""));
  return value && *value > 0 ? static_cast<double>(std::min(*value, k_longest_plea_s)) : 0;
}

} // namespace mlopsctl::net
