// SPDX-License-Identifier: Apache-2.0
// bench show: the rows of a benchmark table, on the terminal, as Markdown, as a page.
#include "bench/row_comparison.hpp"
#include "commands/bench/report.hpp"
#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "report/bench_page.hpp"
#include "report/comparison.hpp"
#include "storage/benchmark_table.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string table = "bench.db";
  std::optional<std::int64_t> last;
  storage::BenchmarkQuery query;
  std::string sort; // name of a number; empty: as they were added
  std::vector<std::string> metrics;
  std::string markdown, report;
};

void validate(const Options& o) {
  if (o.last && *o.last < 1)
    throw Error(Fault::usage, "--last: " + std::to_string(*o.last) + " rows cannot be shown",
                "give 1 or more");
  if (!o.sort.empty() && !bench::is_more_better(o.sort))
    throw Error(Fault::usage,
                "--sort: '" + printable(o.sort) + "' is no number that is better or worse",
                "such as map_50, p50_ms, images_per_s");
  if (!o.metrics.empty() && o.report.empty())
    throw Error(Fault::usage, "--metric: there is no --report to chart it in");
}

void refuse_absent(const std::vector<std::string>& names,
                   const std::vector<storage::BenchmarkRow>& rows, const std::string& option) {
  for (const auto& name : names) {
    bool is_there = false;
    std::vector<std::string> known;
    for (const auto& row : rows)
      for (const auto& number : row.numbers) {
        is_there = is_there || number.first == name;
        known.push_back(number.first);
      }
    if (!is_there)
      throw Error(Fault::usage,
                  option + ": no row has '" + printable(name) + "'" + did_you_mean(name, known));
  }
}

/// Rows as --last and --sort put them; a page shows them in the order of time whatever --sort says.
void write_files(const Options& o, const std::vector<storage::BenchmarkRow>& rows,
                 const std::vector<storage::BenchmarkRow>& sorted, const Context& ctx) {
  if ((!o.markdown.empty() || !o.report.empty()) && rows.empty())
    throw Error(Fault::input, o.table + ": no such row, so there is nothing to report");
  if (!o.markdown.empty()) {
    const auto table = rows_table(sorted);
    write_file(o.markdown, report::markdown_table(table.header, table.rows), ctx.existing());
  }
  if (!o.report.empty())
    write_file(
        o.report,
        report::bench_page(std::filesystem::path(o.table).filename().string(), rows, o.metrics),
        ctx.existing());
}

int run(const Options& o, Context& ctx) {
  refuse_mixed_reports({{"--markdown", o.markdown}, {"--report", o.report}});
  refuse_existing(ctx, {o.markdown, o.report}, {o.table});
  auto query = o.query;
  query.last = o.last;
  const auto table = storage::open_benchmark_table(o.table, storage::TableAccess::read);
  const auto rows = table->rows(query);
  refuse_absent(o.metrics, rows, "--metric");
  auto sorted = rows;
  if (!o.sort.empty()) {
    refuse_absent({o.sort}, rows, "--sort");
    bench::sort_best_first(sorted, o.sort);
  }
  write_files(o, rows, sorted, ctx);
  if (ctx.options.json)
    ctx.print(rows_document(sorted));
  else if (rows.empty())
    ctx.say(o.table + ": no such row");
  else
    ctx.print(rows_table(sorted));
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--table", o->table, "The table: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  args.value("--last", o->last, "Only the newest so many rows");
  args.value("--tag", o->query.tag, "Only rows with this tag").metavar("T");
  args.value("--model", o->query.model_name, "Only rows of this model").metavar("NAME");
  args.value("--sort", o->sort, "Best first by this number, such as map_50 or p50_ms")
      .metavar("NAME")
      .default_text("oldest first");
  args.value("--report", o->report, "Also write a page with charts (.html)").metavar("FILE");
  args.list("--metric", o->metrics, "Numbers that the page charts from run to run")
      .metavar("NAME,NAME")
      .default_text("quality, p50_ms, images_per_s");
  args.value("--markdown", o->markdown, "Also write the rows as a Markdown table").metavar("FILE");
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_show;
const Command bench_show{"bench show", "Show the rows of a benchmark table", declare};
} // namespace mlopsctl::commands
