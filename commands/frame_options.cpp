// SPDX-License-Identifier: Apache-2.0
#include "commands/frame_options.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {

void add_frame_options(Args& args, FrameOptions& options, const std::string& at_most_help) {
  args.value("--fps", options.fps, "Frames per second of the source's own time").metavar("R");
  args.value("--every", options.every, "Every Nth frame, or one every so much time (200ms)")
      .metavar("N|TIME");
  args.value("--at-most", options.selection.at_most, at_most_help).metavar("N");
  args.duration("--duration", options.selection.duration_s, "Only the first part (10s)");
}

void apply_frame_options(FrameOptions& options, bool is_limit) {
  auto& selection = options.selection;
  const int ways = (options.fps ? 1 : 0) + (options.every.empty() ? 0 : 1) +
                   (selection.at_most && !is_limit ? 1 : 0);
  if (ways > 1)
    throw Error(Fault::usage, "--fps, --every and --at-most are three ways to choose frames",
                "give one of them");
  constexpr double k_most_fps = 1000;
  if (options.fps && (*options.fps <= 0 || *options.fps > k_most_fps))
    throw Error(Fault::usage, "--fps: " + number(*options.fps) + " is not above 0 and up to 1000");
  if (selection.at_most && *selection.at_most < 1)
    throw Error(Fault::usage,
                "--at-most: " + std::to_string(*selection.at_most) + " is not above 0");
  if (options.fps)
    selection.step_s = 1 / *options.fps;
  if (!options.every.empty())
    capture::parse_every(options.every, selection);
}

std::string first_frame_option(const FrameOptions& options) {
  return options.fps                    ? "--fps"
         : !options.every.empty()       ? "--every"
         : options.selection.at_most    ? "--at-most"
         : options.selection.duration_s ? "--duration"
                                        : "";
}

} // namespace mlopsctl::commands
