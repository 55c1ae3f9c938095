// SPDX-License-Identifier: Apache-2.0
// Runs a helper program without a shell and takes what it prints.
#pragma once

#include "core/error.hpp"

#include <string>
#include <vector>

namespace mlopsctl {

struct ProcessLimits {
  std::size_t output_bytes = std::size_t{1} << 20;
  double seconds = 60;
  bool is_quiet = false; ///< its stderr goes nowhere
};

struct ProcessOutput {
  std::string text; ///< of stdout
  int status = 0;   ///< exit status; 128 and the signal's number if a signal ended it
};

/// \param words the program (looked for in PATH if it has no '/') and its arguments. The child is
/// ended when this is left early. \param who for messages. \throws Error(input), with \p hint, if
/// it cannot be run, prints more or takes longer than \p limits; Interrupted.
ProcessOutput run_process(std::vector<std::string> words, const std::string& who,
                          const std::string& hint, const ProcessLimits& limits = {});

} // namespace mlopsctl
