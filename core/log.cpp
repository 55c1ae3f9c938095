// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include "core/text.hpp"

#include <atomic>
#include <cstdio>
#include <string>

namespace mlopsctl::log {
namespace {

std::atomic<Level> current{Level::normal};

void print(std::string_view prefix, std::string_view text) {
  const std::string line = std::string(prefix) + printable(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr); // one call, so that lines of threads do not mix
}

} // namespace

void set_level(Level level) {
  current = level;
}

void warn(std::string_view text) {
  if (current != Level::quiet)
    print("warning: ", text);
}

void info(std::string_view text) {
  if (current != Level::quiet)
    print("", text);
}

void verbose(std::string_view text) {
  if (current == Level::verbose)
    print("", text);
}

} // namespace mlopsctl::log
