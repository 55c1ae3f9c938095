// SPDX-License-Identifier: Apache-2.0
// What is made unrecognisable before anything is stored: --redact and the model that finds it.
#pragma once

#include "capture/capture.hpp"
#include "commands/args.hpp"
#include "commands/engine_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct RedactOptions {
  std::string what;  ///< "faces"; empty: nothing
  std::string model; ///< package of a detector
  EngineChoice engine;
};

/// --redact --redact-model --engine --onnxruntime; such a command takes --set.
void add_redact_options(Args& args, RedactOptions& options);
/// Loads the model. \param overrides of its model.yaml, from --set. \return nothing if nothing is
/// asked for. \throws Error(usage) if one of the options needs the other, or the model finds no
/// faces.
std::optional<capture::Redaction> redaction_of(const RedactOptions& options,
                                               const std::vector<std::string>& overrides);

} // namespace mlopsctl::commands
