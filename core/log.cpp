// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include "core/text.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <utility>

namespace mlopsctl::log {
namespace {

std::atomic<Level> current{Level::normal};

thread_local std::string speaker;
std::mutex mutex; ///< of redirected
std::function<void(const std::string&)> redirected;

void print(std::string_view prefix, std::string_view text) {
  const std::string line = std::string(prefix) + speaker + printable(text) + "\n";
  const std::lock_guard lock(mutex);
  if (redirected)
    return redirected(line);
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

Speaker::Speaker(std::string name) {
  speaker = std::move(name) + ": ";
}

Speaker::~Speaker() {
  speaker.clear();
}

Redirection::Redirection(std::function<void(const std::string&)> take) {
  const std::lock_guard lock(mutex);
  redirected = std::move(take);
}

Redirection::~Redirection() {
  const std::lock_guard lock(mutex);
  redirected = nullptr;
}

} // namespace mlopsctl::log
