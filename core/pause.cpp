// SPDX-License-Identifier: Apache-2.0
#include "core/pause.hpp"

#include "core/interrupt.hpp"

#include <thread>

namespace mlopsctl {

using Clock = std::chrono::steady_clock;

void pause_until(Clock::time_point moment) {
  // In slices: a signal does not end the sleep of a thread.
  constexpr auto k_slice = std::chrono::milliseconds(50);
  for (check_interrupt(); moment - Clock::now() > k_slice; check_interrupt())
    std::this_thread::sleep_for(k_slice);
  std::this_thread::sleep_until(moment);
}

void pause_for(double seconds) {
  pause_until(Clock::now() +
              std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
}

} // namespace mlopsctl
