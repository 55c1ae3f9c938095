// SPDX-License-Identifier: Apache-2.0
// Words for a person, on stderr. Results never go through here.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace mlopsctl::log {

enum class Level { quiet, normal, verbose };

void set_level(Level level);

/// Text from outside may hold terminal escapes: everything printed here has control characters
/// replaced.
void warn(std::string_view text);    ///< shown unless --quiet
void info(std::string_view text);    ///< shown unless --quiet
void verbose(std::string_view text); ///< shown with --verbose only

/// While it lives, lines of this thread begin with who speaks: "door: ...".
class Speaker {
public:
  explicit Speaker(std::string name);
  ~Speaker();
  Speaker(const Speaker&) = delete;
  Speaker& operator=(const Speaker&) = delete;
};

/// While it lives, lines of all threads go to \p take instead of stderr, one at a time, with the
/// line feed. For who draws on the terminal; one at a time.
class Redirection {
public:
  explicit Redirection(std::function<void(const std::string& line)> take);
  ~Redirection();
  Redirection(const Redirection&) = delete;
  Redirection& operator=(const Redirection&) = delete;
};

} // namespace mlopsctl::log
