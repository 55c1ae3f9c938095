// SPDX-License-Identifier: Apache-2.0
// bench show: the rows of a benchmark table.
#include "commands/bench_report.hpp"
#include "commands/command.hpp"
#include "commands/remote_options.hpp"
#include "storage/benchmark_table.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string table = "bench.db";
  std::optional<std::int64_t> last;
  storage::BenchmarkQuery query;
  net::RemoteOptions remote;
};

void validate(const Options& o) {
  if (o.last && *o.last < 1)
    throw Error(Fault::usage, "--last: " + std::to_string(*o.last) + " rows cannot be shown",
                "give 1 or more");
}

int run(const Options& o, Context& ctx) {
  auto query = o.query;
  query.last = o.last;
  const auto table = storage::open_benchmark_table(o.table, storage::TableAccess::read, o.remote);
  const auto rows = table->rows(query);
  if (ctx.options.json)
    ctx.print(rows_document(rows));
  else if (rows.empty())
    ctx.say(o.table + ": no such row");
  else
    ctx.print(rows_table(rows));
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--table", o->table, "The table: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  args.value("--last", o->last, "Only the newest so many rows");
  args.value("--tag", o->query.tag, "Only rows with this tag").metavar("T");
  args.value("--model", o->query.model_name, "Only rows of this model").metavar("NAME");
  add_remote_options(args, o->remote);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_show;
const Command bench_show{"bench show", "Show the rows of a benchmark table", declare};
} // namespace mlopsctl::commands
