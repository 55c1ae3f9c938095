// SPDX-License-Identifier: Apache-2.0
#include "bench/system.hpp"

#include "core/error.hpp"

namespace mlopsctl::bench {

void check_size(const RunImage& wanted, int width, int height) {
  if (wanted.width == 0 || (wanted.width == width && wanted.height == height))
    return;
  const auto size = [](int w, int h) { return std::to_string(w) + "x" + std::to_string(h); };
  throw Error(Fault::input,
              wanted.path + ": is " + size(width, height) + ", the truth (" + wanted.place +
                  ") says " + size(wanted.width, wanted.height),
              wanted.width == height && wanted.height == width
                  ? "a camera turned it (EXIF): 'manifest convert --exif apply' turns the boxes"
                  : "is this the picture that was labelled?");
}

std::int64_t since_ns(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

} // namespace mlopsctl::bench
