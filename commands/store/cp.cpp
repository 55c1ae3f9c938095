// SPDX-License-Identifier: Apache-2.0
// store cp: files and objects from one place to another.
#include "commands/command.hpp"
#include "commands/remote_options.hpp"
#include "commands/store/report.hpp"

#include <array>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string source;
  std::string output;
  bool recursive = false;
  bool dry_run = false;
};

void validate(const Options& o, const Context& ctx) {
  const bool is_stream = o.source == "-" || o.output == "-";
  if (is_stream && (o.recursive || o.dry_run))
    throw Error(Fault::usage, "-: goes with neither --recursive nor --dry-run",
                "name a file or an object");
  if (o.output == "-" && ctx.options.json)
    throw Error(Fault::usage, "-o: with --json the bytes need a file of their own",
                "give the name of a file");
  if (o.source == o.output)
    throw Error(Fault::usage, o.source + ": is to be copied onto itself");
}

int copy_to_stdout(const Options& o) {
  const auto source = open_source(o.source);
  const auto sink = create_sink("-", Existing::replace);
  std::array<char, 65536> buffer{};
  while (const std::size_t count = source->read(buffer))
    sink->write({buffer.data(), count});
  sink->finish();
  return exit_ok;
}

int run(const Options& o, Context& ctx) {
  if (o.output == "-")
    return copy_to_stdout(o);
  TransferReport report{"cp", o.source, o.output, o.dry_run};
  if (o.source == "-") {
    report.copied = {1, storage::copy_stdin(o.output, ctx.existing())};
    print_transfer(report, ctx);
    return exit_ok;
  }
  auto plan = storage::plan_copy(o.source, o.output, o.recursive, ctx.existing());
  run_plan(plan, ctx.existing(), report, ctx);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SOURCE", o->source, "File, folder, s3://BUCKET/KEY, or - for stdin").required();
  args.output(o->output, "File, folder, s3://BUCKET/KEY, or - for stdout").required();
  args.flag("--recursive", o->recursive, "All that is below a folder or a prefix");
  args.flag("--dry-run", o->dry_run, "Only say what would be copied");
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o, ctx);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command store_cp;
const Command store_cp{"store cp", "Copy files and objects between this machine and S3", declare};
} // namespace mlopsctl::commands
