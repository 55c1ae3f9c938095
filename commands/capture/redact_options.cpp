// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/redact_options.hpp"

#include "core/error.hpp"
#include "inference/face_redactor.hpp"
#include "package/model_package.hpp"

namespace mlopsctl::commands {

void add_redact_options(Args& args, RedactOptions& options) {
  args.takes_model_overrides();
  args.value("--redact", options.what, "Blur these before anything is written (faces)")
      .metavar("WHAT")
      .choices({"faces"});
  args.value("--redact-model", options.model, "Package of a model that detects faces")
      .metavar("PATH");
  args.value("--engine", options.engine.name, "Engine of that model (see 'mlopsctl engines')")
      .default_text("best here");
  add_onnxruntime_option(args, options.engine.onnxruntime);
}

std::optional<capture::Redaction> redaction_of(const RedactOptions& options,
                                               const std::vector<std::string>& overrides) {
  if (options.what.empty() && !options.model.empty())
    throw Error(Fault::usage, "--redact-model: nothing is redacted without --redact",
                "pass --redact faces");
  if (options.what.empty() && !overrides.empty())
    throw Error(Fault::usage, "--set: changes a model's settings, and there is no model",
                "it goes with --redact faces --redact-model PATH");
  if (options.what.empty())
    return std::nullopt;
  if (options.model.empty())
    throw Error(Fault::usage, "--redact faces: needs a model that finds them",
                "pass --redact-model PATH, such as YuNet with a model.yaml by 'mlopsctl package "
                "describe' ('mlopsctl help capture' shows how)");
  apply_engine_choice(options.engine);
  inference::FaceRedactor redactor(package::open_model(options.model, overrides),
                                   options.engine.name);
  return capture::Redaction{options.what + " by " + redactor.identity(), redactor};
}

} // namespace mlopsctl::commands
