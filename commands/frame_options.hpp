// SPDX-License-Identifier: Apache-2.0
// Which frames of a video are taken: the same options for every command that reads one.
#pragma once

#include "capture/sampling.hpp"
#include "commands/args.hpp"

#include <optional>
#include <string>

namespace mlopsctl::commands {

struct FrameOptions {
  capture::Selection selection; ///< complete after apply_frame_options()
  std::optional<double> fps;
  std::string every;
};

/// \param at_most_help of --at-most.
void add_frame_options(Args& args, FrameOptions& options, const std::string& at_most_help);
/// \param is_limit --at-most is no way to choose, but how many of the chosen ones may stay.
/// \throws Error(usage) for two ways to choose, or a number that is none.
void apply_frame_options(FrameOptions& options, bool is_limit = false);
/// \return "--fps" if it was given, else the next that was; empty: none.
std::string first_frame_option(const FrameOptions& options);

} // namespace mlopsctl::commands
