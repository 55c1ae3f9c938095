// SPDX-License-Identifier: Apache-2.0
// The machine that a measurement was made on.
#pragma once

#include <cstdint>
#include <string>

namespace mlopsctl::bench {

struct Machine {
  std::string cpu;               ///< model name, or the architecture where there is none
  int cores = 0;                 ///< that this process may use
  std::int64_t memory_bytes = 0; ///< that this process may use (a container's limit counts)
  std::string kernel;            ///< "Linux 6.1.0-18-amd64 x86_64"
  bool is_container = false;
};

/// Names no host and no user. What cannot be found out stays empty or 0.
Machine this_machine();

/// The most memory that this process had so far (resident), in bytes.
std::int64_t peak_memory_bytes();

} // namespace mlopsctl::bench
