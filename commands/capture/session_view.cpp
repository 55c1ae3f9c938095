// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/session_view.hpp"

#include "core/text.hpp"

#include <cmath>
#include <ostream>

namespace mlopsctl::commands {

SessionView::SessionView(std::ostream& out, bool is_terminal, std::int64_t per_class)
    : out_(out), is_terminal_(is_terminal), per_class_(per_class) {}

SessionView::~SessionView() {
  if (!shown_.empty())
    out_ << "\n" << std::flush;
}

std::string SessionView::count_text(const capture::SessionState& state) const {
  return state.label + ": " + std::to_string(state.kept) +
         (per_class_ > 0 ? " of " + std::to_string(per_class_) : "") + " frames";
}

/// Only what changed is written: a line that is written thirty times a second flickers.
void SessionView::draw(const std::string& text) {
  if (text == shown_)
    return;
  out_ << "\r\033[K" << text << std::flush;
  shown_ = text;
}

void SessionView::show(const capture::SessionState& state) {
  const auto seconds = std::ceil(state.countdown_s);
  const auto ready = state.label + ": get ready, " + fixed(seconds, 0) + " s";
  if (is_terminal_) {
    draw(seconds > 0 ? ready : count_text(state));
    if (state.is_full) {
      out_ << "\n" << std::flush;
      shown_.clear();
    }
    return;
  }
  if (seconds > 0 && label_ != state.label)
    out_ << ready << "\n" << std::flush;
  if (state.is_full)
    out_ << count_text(state) << "\n" << std::flush;
  label_ = state.label;
}

} // namespace mlopsctl::commands
