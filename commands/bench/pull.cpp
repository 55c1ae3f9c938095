// SPDX-License-Identifier: Apache-2.0
// bench pull: the rows that the other table lacks.
#include "commands/bench/transfer.hpp"
#include "commands/remote_options.hpp"

namespace mlopsctl::commands {
namespace {

Run declare(Args& args) {
  auto o = std::make_shared<TransferOptions>();
  args.value("TABLE", o->from, "Table to read: dynamodb://NAME[?region=R]").required();
  args.value("OUTPUT", o->to, "SQLite file to add to; made if it is not there").required();
  args.flag("--dry-run", o->dry_run, "Only say how many rows would be added");
  add_remote_options(args);
  return [o](Context& ctx) { return transfer_rows("pull", *o, ctx); };
}

} // namespace
extern const Command bench_pull;
const Command bench_pull{"bench pull", "Fetch the rows of a DynamoDB table into a file", declare};
} // namespace mlopsctl::commands
