// SPDX-License-Identifier: Apache-2.0
// SessionView: what a person in front of the camera reads while a session is recorded.
#pragma once

#include "capture/session.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace mlopsctl::commands {

class SessionView {
public:
  /// \param is_terminal one line a class that changes in place; else lines without escape codes.
  /// \param per_class 0: without end.
  SessionView(std::ostream& out, bool is_terminal, std::int64_t per_class);
  /// Leaves a half-written line, so that what comes next begins a new one.
  ~SessionView();
  SessionView(const SessionView&) = delete;
  SessionView& operator=(const SessionView&) = delete;

  void show(const capture::SessionState& state);

private:
  std::string count_text(const capture::SessionState& state) const;
  void draw(const std::string& text);

  std::ostream& out_;
  bool is_terminal_;
  std::int64_t per_class_;
  std::string shown_; ///< on the terminal's last line
  std::string label_; ///< the last one that was told of
};

} // namespace mlopsctl::commands
