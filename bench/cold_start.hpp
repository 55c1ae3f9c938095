// SPDX-License-Identifier: Apache-2.0
// Cold start: how long a new process takes to its first answer.
#pragma once

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// Starts \p command \p runs times, one after the other, and waits for its end: files lie in the
/// system's cache, everything else starts anew. Its stdin and stdout are /dev/null.
/// \param command an absolute path and its arguments. \param runs > 0. \return the median, in ms.
/// \throws Error(input) if it cannot be started or fails, with the last line that it said.
double cold_start_ms(const std::vector<std::string>& command, int runs);

} // namespace mlopsctl::bench
