// SPDX-License-Identifier: Apache-2.0
// Many captures at once in one process: each has a thread, a folder and a fate of its own.
#pragma once

#include "capture/store_capture.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::capture {

inline constexpr std::size_t k_most_sources = 64;

struct SourceTask {
  std::string name; ///< for messages
  CaptureOptions options;
  StoreOptions store; ///< for an output in a store
};

enum class SourceStage { opening, recording, done, interrupted, failed };

/// Where a source is, for whoever watches.
struct SourceState {
  std::string name;
  SourceStage stage = SourceStage::opening;
  std::int64_t read = 0;  ///< frames
  std::int64_t kept = 0;  ///< frames or clips, in the folder
  double silent_s = 0;    ///< of a source without an end: since its last frame
  std::string activity{}; ///< of a session: its class, and how far it is
  std::string problem{};  ///< why it failed
};

struct SourceOutcome {
  CaptureResult result;         ///< of one that failed: what is known
  std::optional<Error> failure; ///< what it could save is in its folder
  bool is_interrupted = false;
};

/// Captures all at once. One that fails does not stop the others; an interrupt ends all of them.
/// \param jobs threads for decoding and encoding, divided among them: at least one each.
/// \param tasks at most k_most_sources. \param watch called ten times a second from this thread,
/// and once at the end. \return an outcome for each task, in their order.
std::vector<SourceOutcome>
capture_all(std::vector<SourceTask> tasks, int jobs, const CreateLabels& create_labels,
            const std::function<void(const std::vector<SourceState>&)>& watch);

} // namespace mlopsctl::capture
