// SPDX-License-Identifier: Apache-2.0
// Sleeping that Ctrl-C ends, on any thread.
#pragma once

#include <chrono>

namespace mlopsctl {

/// To within the system's timer. \throws Interrupted within 50 ms of a signal.
void pause_until(std::chrono::steady_clock::time_point moment);
void pause_for(double seconds); ///< nothing for 0 and less

} // namespace mlopsctl
