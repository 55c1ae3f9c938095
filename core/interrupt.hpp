// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM as a flag that loops look at.
#pragma once

namespace mlopsctl {

/// Installs handlers for SIGINT and SIGTERM. The first signal sets a flag; a later one ends
/// the process at once, unless it follows within half a second: a terminal and a wrapper such as
/// timeout or make both pass the same Ctrl-C on.
void install_interrupt_handlers();

/// The signal that asked us to stop, or 0. Async-signal-safe and cheap: call it once a record.
int interrupt_requested();

/// \throws Interrupted when a signal asked us to stop.
void check_interrupt();

/// While it lives, a request is not seen, so that what is left can still be finished; a second
/// signal ends the process at once, as ever.
class InterruptHold {
public:
  InterruptHold();
  ~InterruptHold();
  InterruptHold(const InterruptHold&) = delete;
  InterruptHold& operator=(const InterruptHold&) = delete;
};

} // namespace mlopsctl
