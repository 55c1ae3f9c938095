// SPDX-License-Identifier: Apache-2.0
// What 'package inspect' and 'package verify' print of container images.
#pragma once

#include "commands/command.hpp"
#include "commands/package/signing.hpp"
#include "formats/archive/archive.hpp"

#include <string>

namespace mlopsctl::commands {

/// \return exit_ok.
int inspect_image(const std::string& path, const formats::ArchiveLimits& limits, Context& ctx);
/// \param target "lambda", or empty. \return exit_not_met if a finding is an error.
int verify_image(const std::string& path, const formats::ArchiveLimits& limits,
                 const std::string& target, const VerifyKeyOptions& signature, Context& ctx);

} // namespace mlopsctl::commands
