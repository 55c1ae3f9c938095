// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_check.hpp"

#include "capture/capture_folder.hpp"
#include "core/error.hpp"

#include <filesystem>

namespace mlopsctl::capture {
namespace {

/// A second run would find the first one's frames among its pictures.
void refuse_output_in_source(const CaptureOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(options.source, error))
    return;
  const auto source = fs::weakly_canonical(options.source, error);
  const auto inside = fs::weakly_canonical(options.output, error).lexically_relative(source);
  if (!inside.empty() && *inside.begin() != "..")
    throw Error(Fault::usage, options.output + ": lies inside the source folder",
                "give an -o outside of " + options.source);
}

void refuse_without_times(const CaptureOptions& options, const SourceInfo& info) {
  if (info.has_time)
    return;
  if (options.clips.any())
    throw Error(Fault::usage,
                info.name + ": its frames have no time stamps, so clips cannot be cut",
                "say the frame rate with --assume-fps R");
  if (options.session.countdown_s.value_or(0) > 0)
    throw Error(Fault::usage,
                info.name + ": its frames have no time stamps, so a countdown has no length",
                "say the frame rate with --assume-fps R, or give --countdown 0s");
}

void refuse_live_spread(const CaptureOptions& options, const SourceInfo& info) {
  if (options.keep.any() && options.selection.at_most && info.is_live)
    throw Error(Fault::usage, info.name + ": has no known end to spread --at-most over",
                "use --fps or --every, with --duration");
}

void refuse_live_resume(const CaptureOptions& options, const SourceInfo& info) {
  std::error_code ignored;
  if (options.resume && info.is_live && !options.session.any() &&
      std::filesystem::exists(std::filesystem::path(options.output) / k_journal_name, ignored))
    throw Error(Fault::usage, info.name + ": a live source cannot be resumed",
                "capture into another folder; both keep their journals");
}

} // namespace

void check_capture(const CaptureOptions& options, const SourceInfo& info) {
  refuse_live_resume(options, info);
  refuse_live_spread(options, info);
  refuse_without_times(options, info);
  refuse_output_in_source(options);
}

} // namespace mlopsctl::capture
