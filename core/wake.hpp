// SPDX-License-Identifier: Apache-2.0
// Waking a thread that waits in a call of the system: Ctrl-C ends such a call on one thread only,
// whichever the kernel takes.
#pragma once

#include <thread>

namespace mlopsctl {

/// A call that \p thread waits in (read from a pipe, opening one) ends with EINTR. It may begin to
/// wait just afterwards: ask again until it has ended. \p thread is joinable.
void wake(std::thread& thread);

} // namespace mlopsctl
