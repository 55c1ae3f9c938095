// SPDX-License-Identifier: Apache-2.0
// Which engine runs a model: the same options for every command that runs one.
#pragma once

#include "commands/args.hpp"

#include <string>

namespace mlopsctl::commands {

struct EngineChoice {
  std::string name;        ///< empty: the best that is here
  std::string onnxruntime; ///< library of ONNX Runtime; empty: looked for
  int threads = 0;         ///< of the engine; 0: cores
};

/// --engine --threads --onnxruntime; such a command reads a model.yaml, and takes --set.
void add_engine_options(Args& args, EngineChoice& choice, const std::string& threads_help,
                        const std::string& threads_default = "cores");
/// \throws Error(usage) for a number of threads that is none. From here on engines are looked for
/// as the user said.
void apply_engine_choice(const EngineChoice& choice);
/// For commands that only look at engines.
void add_onnxruntime_option(Args& args, std::string& path);

} // namespace mlopsctl::commands
