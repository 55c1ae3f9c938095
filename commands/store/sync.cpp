// SPDX-License-Identifier: Apache-2.0
// store sync: what the output lacks or has otherwise.
#include "commands/command.hpp"
#include "commands/remote_options.hpp"
#include "commands/store/report.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string source;
  std::string output;
  storage::SyncRules rules;
  bool dry_run = false;
};

int run(const Options& o, Context& ctx) {
  if (o.source == "-" || o.output == "-" || o.source == o.output)
    throw Error(Fault::usage, o.source + ", " + o.output + ": two different folders are needed");
  auto plan = storage::plan_sync(o.source, o.output, o.rules);
  TransferReport report{"sync", o.source, o.output, o.dry_run};
  run_plan(plan, Existing::replace, report, ctx);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SOURCE", o->source, "Folder, or s3://BUCKET/PREFIX").required();
  args.output(o->output, "Folder, or s3://BUCKET/PREFIX").required();
  args.flag("--delete", o->rules.remove, "Delete what the source has not (try --dry-run first)")
      .guarded();
  args.flag("--checksum", o->rules.bytes,
            "Compare the bytes where sizes are equal, whatever the times say");
  args.flag("--dry-run", o->dry_run, "Only say what would be copied and deleted");
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command store_sync;
const Command store_sync{"store sync", "Make a folder or a prefix in S3 the same as another",
                         declare};
} // namespace mlopsctl::commands
