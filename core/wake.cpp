// SPDX-License-Identifier: Apache-2.0
#include "core/wake.hpp"

#include <csignal>

namespace mlopsctl {
namespace {

constexpr int k_signal = SIGURG; // ignored where nobody handles it, and nobody else sends it

bool install() {
  struct sigaction action {};
  action.sa_handler = [](int) {}; // that it came is all there is to it
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0; // no SA_RESTART
  return sigaction(k_signal, &action, nullptr) == 0;
}

} // namespace

void wake(std::thread& thread) {
  static const bool is_installed = install();
  if (is_installed)
    pthread_kill(thread.native_handle(), k_signal);
}

} // namespace mlopsctl
