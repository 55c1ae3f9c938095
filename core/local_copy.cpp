// SPDX-License-Identifier: Apache-2.0
#include "core/local_copy.hpp"

#include "core/detail/descriptor.hpp"
#include "core/interrupt.hpp"

namespace mlopsctl {

LocalCopy::LocalCopy(ByteSource& source)
    : fd_(detail::spool([&](std::span<char> buffer) {
            check_interrupt();
            return source.read(buffer);
          }).release()),
      path_("/proc/self/fd/" + std::to_string(fd_)) {}

LocalCopy::~LocalCopy() {
  ::close(fd_);
}

} // namespace mlopsctl
