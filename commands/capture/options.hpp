// SPDX-License-Identifier: Apache-2.0
// How a source is captured: the same settings for one source on the command line and for each of
// many in a file.
#pragma once

#include "capture/store_capture.hpp"
#include "commands/args.hpp"
#include "commands/capture/redact_options.hpp"
#include "commands/capture/session_options.hpp"
#include "commands/capture/spool_options.hpp"
#include "commands/frame_options.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct CaptureFlags {
  capture::CaptureOptions capture;
  FrameOptions frames;
  SpoolOptions spool;
  capture::StoreOptions store;
  SessionFlags session;
  std::vector<std::string> keep;
  std::optional<double> clips_s;
  std::string frame_of_clip;
  std::string name; ///< empty: by what is stored
  RedactOptions redact;
  std::string report;
};

/// All but the source, the output and what holds for the whole process.
void add_capture_options(Args& args, CaptureFlags& flags);
/// Completes flags.capture and flags.store, but for the redaction. \throws Error(usage) for
/// settings that miss or exclude each other.
void apply_capture_options(CaptureFlags& flags);

/// The labels.manifest of a capture: see capture::CreateLabels.
std::unique_ptr<dataset::SampleWriter> create_class_labels(const std::string& path,
                                                           const std::string& attribute,
                                                           const std::vector<std::string>& classes);

} // namespace mlopsctl::commands
