// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.hpp"

#include <algorithm>
#include <sched.h>

namespace mlopsctl {

int default_jobs() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set)); // a container's share, not the machine's
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace mlopsctl
