// SPDX-License-Identifier: Apache-2.0
#include "core/interrupt.hpp"

#include "core/error.hpp"

#include <atomic>
#include <csignal>
#include <unistd.h>

namespace mlopsctl {
namespace {

std::atomic<int> requested_signal{0};
static_assert(std::atomic<int>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void on_signal(int signal) {
  if (requested_signal.exchange(signal) != 0)
    _exit(128 +
          signal); // asked twice: stop now, whatever is half-done stays under its temporary name
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
  return requested_signal.load(std::memory_order_relaxed);
}

void check_interrupt() {
  if (const int signal = interrupt_requested(); signal != 0)
    throw Interrupted(signal);
}

} // namespace mlopsctl
