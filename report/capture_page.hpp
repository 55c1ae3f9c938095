// SPDX-License-Identifier: Apache-2.0
// A page that shows what a capture kept and what it dropped, in order of time, with the reasons.
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::report {

/// A frame and what it was judged by; numbers are missing where no rule asked for them.
struct CaptureCard {
  std::int64_t frame_index = 0;
  std::optional<double> time_s;
  bool is_kept = false;
  std::string reason;
  std::optional<double> sharpness;
  std::optional<double> sharpness_needed;
  std::optional<double> motion;
  std::optional<double> motion_allowed;
  std::optional<std::int64_t> like; ///< frame index
  std::string thumbnail;            ///< JPEG bytes; empty: could not be decoded
};

/// Cards go to a temporary file as they come, so memory does not grow with them.
class CapturePage {
public:
  explicit CapturePage(std::unique_ptr<ByteSink> sink);
  ~CapturePage();

  /// Of more than k_most_cards the first ones get a picture; the timeline shows all.
  void add(const CaptureCard& card);
  /// \param title the source. \param summary one line.
  void finish(const std::string& title, const std::string& summary);

  static constexpr std::int64_t k_most_cards = 2000;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::report
