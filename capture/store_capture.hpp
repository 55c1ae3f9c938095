// SPDX-License-Identifier: Apache-2.0
// A capture into a store: through a spool on this machine, so that neither a slow network nor the
// end of this process loses a frame.
#pragma once

#include "capture/capture.hpp"
#include "capture/frame_sender.hpp"

#include <functional>
#include <string>

namespace mlopsctl::capture {

struct StoreOptions {
  std::string spool; ///< folder; empty: the user's state folder
  SpoolRules rules;
  /// Called after an interrupt, before what waits is sent: from then on no thread of this process
  /// sees the interrupt any more. May be empty.
  std::function<void()> before_last_sending;
};

/// capture() into options.output, "s3://BUCKET/PREFIX". It holds the same files as a folder would,
/// and _COMPLETE.json, which comes last. With options.resume what is left in the spool is sent, and
/// the source goes on if it can.
/// \throws Error. What is not stored yet stays in the spool.
CaptureResult capture_to_store(const CaptureOptions& options, const StoreOptions& store,
                               const CreateLabels& create_labels,
                               const std::function<void()>& on_read);

/// capture() or capture_to_store(), by what options.output is.
CaptureResult capture_anywhere(const CaptureOptions& options, const StoreOptions& store,
                               const CreateLabels& create_labels,
                               const std::function<void()>& on_read);

} // namespace mlopsctl::capture
