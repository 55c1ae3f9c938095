// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace mlopsctl {

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = since_epoch / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(),
                static_cast<int>(since_epoch % 1000));
  return text.data();
}

} // namespace mlopsctl
