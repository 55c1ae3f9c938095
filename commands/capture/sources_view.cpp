// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/sources_view.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <ostream>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace mlopsctl::commands {
namespace {

using capture::SourceStage;
using capture::SourceState;

constexpr double k_silent_s = 2;      ///< below it the next frame is just on its way
constexpr double k_tell_every_s = 60; ///< where nothing can be redrawn

std::string state_text(const SourceState& state) {
  const auto counts =
      std::to_string(state.kept) + " kept of " + std::to_string(state.read) + " read";
  switch (state.stage) {
  case SourceStage::opening: return "opening";
  case SourceStage::done: return "done: " + counts;
  case SourceStage::interrupted: return "stopped: " + counts;
  case SourceStage::failed:
    return "failed: " + state.problem + (state.read > 0 ? "; " + counts : "");
  case SourceStage::recording: break;
  }
  return (state.silent_s >= k_silent_s ? "no frame for " + fixed(state.silent_s, 0) + " s; " : "") +
         counts + (state.activity.empty() ? "" : "; " + state.activity);
}

bool has_ended(const SourceState& state) {
  return state.stage != SourceStage::opening && state.stage != SourceStage::recording;
}

/// At most \p width code points, so that no line takes two rows.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t shown = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && ++shown > width)
      return text.substr(0, i);
  return text;
}

winsize terminal_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    size.ws_col = 80;
    size.ws_row = 24;
  }
  return size;
}

/// "name   state", as many as fit, and how many more there are.
std::vector<std::string> lines_of(const std::vector<SourceState>& states) {
  const auto size = terminal_size();
  const std::size_t rows = std::max<std::size_t>(2, size.ws_row) - 1U;
  const std::size_t columns = std::max<std::size_t>(2, size.ws_col) - 1U;
  std::size_t name_width = 0;
  for (const auto& state : states)
    name_width = std::max(name_width, state.name.size());
  std::vector<std::string> lines;
  for (const auto& state : states) {
    if (lines.size() + 1 == rows && states.size() > rows) {
      lines.push_back("... and " + std::to_string(states.size() - lines.size()) + " more");
      break;
    }
    const std::string padding(name_width - state.name.size() + 2, ' ');
    lines.push_back(cut(state.name + padding + printable(state_text(state)), columns));
  }
  return lines;
}

} // namespace

SourcesView::SourcesView(std::ostream& out, bool is_terminal)
    : out_(out), is_terminal_(is_terminal), redirection_([this](const std::string& line) {
        const std::lock_guard lock(mutex_);
        log_ += line;
      }) {}

SourcesView::~SourcesView() {
  out_ << take_log() << std::flush;
}

std::string SourcesView::take_log() {
  const std::lock_guard lock(mutex_);
  return std::exchange(log_, {});
}

void SourcesView::show(const std::vector<SourceState>& states) {
  is_told_.resize(states.size());
  if (is_terminal_)
    draw(states);
  else
    tell(states);
}

/// In one piece, over what is there: lines that are cleared before they are written flicker.
void SourcesView::draw(const std::vector<SourceState>& states) {
  const auto log = take_log();
  auto lines = lines_of(states);
  if (log.empty() && lines == drawn_)
    return;
  std::string text = drawn_.empty() ? "" : "\033[" + std::to_string(drawn_.size()) + "A\r";
  for (const auto& line : split(log, '\n'))
    if (!line.empty())
      text += line + "\033[K\n";
  for (const auto& line : lines)
    text += line + "\033[K\n";
  out_ << text << "\033[J" << std::flush;
  drawn_ = std::move(lines);
}

void SourcesView::tell(const std::vector<SourceState>& states) {
  std::string text = take_log();
  const bool is_time = since_told_.seconds() >= k_tell_every_s;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (is_told_[i] || !(is_time || has_ended(states[i])))
      continue;
    is_told_[i] = has_ended(states[i]);
    text += states[i].name + ": " + printable(state_text(states[i])) + "\n";
  }
  if (is_time)
    since_told_ = Stopwatch();
  if (!text.empty())
    out_ << text << std::flush;
}

} // namespace mlopsctl::commands
