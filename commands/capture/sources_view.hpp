// SPDX-License-Identifier: Apache-2.0
// SourcesView: what a person sees while many sources are captured.
#pragma once

#include "capture/supervisor.hpp"
#include "core/log.hpp"
#include "core/time.hpp"

#include <iosfwd>
#include <mutex>
#include <string>
#include <vector>

namespace mlopsctl::commands {

/// On a terminal a line for each source, which changes in place; the log goes above them. Else a
/// line where a source has ended, and once a minute one for each.
class SourcesView {
public:
  SourcesView(std::ostream& out, bool is_terminal);
  ~SourcesView();
  SourcesView(const SourcesView&) = delete;
  SourcesView& operator=(const SourcesView&) = delete;

  void show(const std::vector<capture::SourceState>& states);

private:
  void draw(const std::vector<capture::SourceState>& states);
  void tell(const std::vector<capture::SourceState>& states);
  std::string take_log();

  std::ostream& out_;
  bool is_terminal_;
  std::mutex mutex_;               ///< of log_
  std::string log_;                ///< lines that came since the last drawing
  std::vector<std::string> drawn_; ///< lines on the terminal
  std::vector<bool> is_told_;      ///< that it has ended
  Stopwatch since_told_;
  log::Redirection redirection_; ///< last: it uses the others
};

} // namespace mlopsctl::commands
