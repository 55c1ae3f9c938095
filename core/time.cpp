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
  std::string text = utc_text(since_epoch / 1000);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(since_epoch % 1000));
  text.replace(text.size() - 1, 1, fraction.data());
  return text;
}

std::string utc_text(std::int64_t time_s) {
  const std::time_t seconds = time_s;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

} // namespace mlopsctl
