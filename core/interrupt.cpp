// SPDX-License-Identifier: Apache-2.0
#include "core/interrupt.hpp"

#include "core/error.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <unistd.h>

namespace mlopsctl {
namespace {

constexpr std::int64_t k_same_request_ms = 500;

std::atomic<int> requested_signal{0};
std::atomic<std::int64_t> requested_at_ms{0};
std::atomic<int> holds{0};
static_assert(std::atomic<int>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

std::int64_t now_ms() {
  timespec now{}; // clock_gettime is async-signal-safe
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void on_signal(int signal) {
  int none = 0;
  if (requested_signal.compare_exchange_strong(none, signal))
    requested_at_ms = now_ms();
  else if (now_ms() - requested_at_ms > k_same_request_ms)
    _exit(128 + signal); // asked again: what is half-done stays under its temporary name
}

} // namespace

void install_interrupt_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0; // no SA_RESTART: a read that blocks on a camera or a pipe has to come back
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int interrupt_requested() {
  return holds.load(std::memory_order_relaxed) > 0
             ? 0
             : requested_signal.load(std::memory_order_relaxed);
}

InterruptHold::InterruptHold() {
  ++holds;
}

InterruptHold::~InterruptHold() {
  --holds;
}

void check_interrupt() {
  if (const int signal = interrupt_requested(); signal != 0)
    throw Interrupted(signal);
}

} // namespace mlopsctl
