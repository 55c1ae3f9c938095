// SPDX-License-Identifier: Apache-2.0
#include "commands/global_options.hpp"

namespace mlopsctl::commands {

void declare_global_options(Args& args, GlobalOptions& options, const Args& own) {
  const auto section = [](Arg& arg) -> Arg& { return arg.section("Common options"); };
  section(args.flag("--json", options.json, "One JSON document on stdout, nothing else there"));
  section(args.flag("-q,--quiet", options.quiet, "Print errors only"));
  section(args.flag("-v,--verbose", options.verbose, "Say more on stderr"));
  section(args.value("--progress", options.progress, "Show progress on stderr")
              .choices({"auto", "always", "never"}));
  section(args.value("--color", options.color, "Use colour").choices({"auto", "always", "never"}));
  section(args.value("--seed", options.seed,
                     "Seed of everything random; the same seed gives the same result"));
  section(
      args.value("--jobs", options.jobs, "Threads; never changes results").default_text("cores"));
  // Guarded: a cloned project could name one of the user's files as the output.
  section(args.flag("--overwrite", options.overwrite, "Replace the output if it exists").guarded());
  if (own.has_model_overrides())
    section(args.value("--set", options.set, "Override one value of model.yaml for this run")
                .metavar("KEY=VALUE"));
  // Guarded: a cloned project could ask for all memory.
  section(args.value("--limit", options.limits,
                     "Raise or lower what is refused ('mlopsctl formats --limits' lists it)")
              .metavar("NAME=N")
              .guarded());
  section(args.value("--config", options.config, "Read this file instead of ./mlops.yaml")
              .metavar("FILE"));
}

} // namespace mlopsctl::commands
