// SPDX-License-Identifier: Apache-2.0
// bench push: the rows that the other table lacks.
#include "commands/bench/transfer.hpp"
#include "commands/remote_options.hpp"

namespace mlopsctl::commands {
namespace {

Run declare(Args& args) {
  auto o = std::make_shared<TransferOptions>();
  args.value("SOURCE", o->from, "Table to read").required();
  args.value("TABLE", o->to, "Table to add to: dynamodb://NAME[?region=R]").required();
  args.flag("--dry-run", o->dry_run, "Only say how many rows would be added");
  add_remote_options(args);
  return [o](Context& ctx) { return transfer_rows("push", *o, ctx); };
}

} // namespace
extern const Command bench_push;
const Command bench_push{"bench push",
                         "Send the rows of a benchmark table to another, such as a DynamoDB table",
                         declare};
} // namespace mlopsctl::commands
