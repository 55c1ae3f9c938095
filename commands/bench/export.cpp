// SPDX-License-Identifier: Apache-2.0
// bench export: the rows of a benchmark table as CSV or JSON.
#include "bench/export.hpp"

#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/log.hpp"
#include "storage/benchmark_table.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string table = "bench.db";
  std::string layout = "rows";
  std::string format = "csv";
  std::string output = "-";
  storage::BenchmarkQuery query;
};

Value document_of(const Options& o, const bench::Sheet& sheet) {
  Value document = Value::object();
  document["schema"] = o.layout == "rows" ? "mlopsctl.bench.rows/1" : "mlopsctl.bench.size-time/1";
  document["rows"] = bench::to_objects(sheet);
  return document;
}

void warn_of_empty_cells(const bench::Sheet& sheet) {
  const auto empty = std::count_if(sheet.rows.begin(), sheet.rows.end(),
                                   [](const auto& row) { return row.back().is_null(); });
  if (empty > 0)
    log::warn(std::to_string(empty) +
              " rows have no accuracy, so that their true_prediction is empty: only "
              "classification has a percentage of right answers");
}

int run(const Options& o, Context& ctx) {
  refuse_existing(ctx, {o.output}, {o.table});
  const auto rows =
      storage::open_benchmark_table(o.table, storage::TableAccess::read)->rows(o.query);
  const bool is_old_layout = o.layout == "size-time";
  const auto sheet = is_old_layout ? bench::size_time_columns(rows) : bench::all_columns(rows);
  if (is_old_layout)
    warn_of_empty_cells(sheet);
  const bool is_stdout = o.output == "-";
  if (ctx.options.json && is_stdout) {
    ctx.print(document_of(o, sheet));
    return exit_ok;
  }
  const auto text =
      o.format == "csv" ? bench::to_csv(sheet) : to_json(document_of(o, sheet), 2) + "\n";
  write_file(o.output, text, ctx.existing());
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.bench.export/1";
    document["output"] = o.output;
    document["rows_written"] = static_cast<std::int64_t>(rows.size());
    ctx.print(document);
  } else if (!is_stdout) {
    ctx.say(o.output + ": " + std::to_string(rows.size()) + " rows");
  }
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--table", o->table, "The table: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  args.value("--layout", o->layout,
             "All that a row holds, or the columns size, time and true_prediction")
      .choices({"rows", "size-time"});
  args.value("--format", o->format, "Form of the output").choices({"csv", "json"});
  args.value("--tag", o->query.tag, "Only rows with this tag").metavar("T");
  args.value("--model", o->query.model_name, "Only rows of this model").metavar("NAME");
  args.output(o->output, "File to write, or - for stdout");
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command bench_export;
const Command bench_export{"bench export", "Write the rows of a benchmark table as CSV or JSON",
                           declare};
} // namespace mlopsctl::commands
