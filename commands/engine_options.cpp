// SPDX-License-Identifier: Apache-2.0
#include "commands/engine_options.hpp"

#include "core/error.hpp"
#include "inference/engine.hpp"

namespace mlopsctl::commands {
namespace {

constexpr int k_most_threads = 1024;

} // namespace

void add_onnxruntime_option(Args& args, std::string& path) {
  args.value("--onnxruntime", path,
             "ONNX Runtime's shared library (default: MLOPSCTL_ONNXRUNTIME, then the usual places)")
      .metavar("FILE")
      .default_text("")
      .guarded();
}

void add_engine_options(Args& args, EngineChoice& choice, const std::string& threads_help,
                        const std::string& threads_default) {
  args.takes_model_overrides();
  args.value("--engine", choice.name, "Engine (see 'mlopsctl engines')").default_text("best here");
  args.value("--threads", choice.threads, threads_help).default_text(threads_default);
  add_onnxruntime_option(args, choice.onnxruntime);
}

void apply_engine_choice(const EngineChoice& choice) {
  if (choice.threads < 0 || choice.threads > k_most_threads)
    throw Error(Fault::usage, "--threads: " + std::to_string(choice.threads) +
                                  " is not from 0 to " + std::to_string(k_most_threads));
  inference::use_onnxruntime(choice.onnxruntime);
}

} // namespace mlopsctl::commands
