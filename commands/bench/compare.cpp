// SPDX-License-Identifier: Apache-2.0
// bench compare: is B no worse than A, with as much certainty as the measurements give.
#include "bench/paired.hpp"
#include "bench/redact.hpp"
#include "bench/row_comparison.hpp"
#include "commands/bench/predictions_input.hpp"
#include "commands/bench/report.hpp"
#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/remote_options.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "report/comparison.hpp"
#include "storage/find_rows.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::commands {
namespace {

constexpr int k_least_samples = 100;
constexpr int k_most_samples = 100'000;

struct Options {
  std::string a, b;
  std::string table = "bench.db";
  TruthOptions truth; // path empty: A and B are rows
  std::string predictions_from;
  std::string protocol = "coco";
  std::vector<std::string> metrics; // that are judged; empty: the usual ones
  std::vector<std::string> allow;   // V or NAME=V
  int samples = 1000;
  double max_spread_percent = 10;
  bool across_machines = false;
  std::string markdown, junit;
};

void validate(const Options& o) {
  if (o.samples < k_least_samples || o.samples > k_most_samples)
    throw Error(Fault::usage,
                "--samples: " + std::to_string(o.samples) + " is not from 100 to 100000");
  if (!(o.max_spread_percent >= 0))
    throw Error(Fault::usage,
                "--max-spread: " + number(o.max_spread_percent) + " is not 0 or more");
  if (!o.truth.path.empty() && o.across_machines)
    throw Error(Fault::usage, "--across-machines: predictions have no times to compare");
  if (!o.truth.path.empty())
    return;
  const Options defaults;
  const auto refuse = [](bool is_given, const char* option) {
    if (is_given)
      throw Error(Fault::usage,
                  std::string(option) + ": is for predictions, and without --truth these are rows",
                  "give the right answers with --truth, or leave it out");
  };
  refuse(!o.predictions_from.empty(), "--predictions-from");
  refuse(!o.truth.from.empty(), "--from");
  refuse(!o.truth.images.empty(), "--images");
  refuse(!o.truth.label_attribute.empty(), "--label-attribute");
  refuse(o.protocol != defaults.protocol, "--protocol");
  refuse(o.samples != defaults.samples, "--samples");
}

bench::Allowances parse_allowances(const std::vector<std::string>& texts) {
  bench::Allowances out;
  for (const auto& text : texts) {
    const auto sign = text.find('=');
    const std::string name = sign == std::string::npos ? "" : text.substr(0, sign);
    const auto value =
        bench::parse_allowance(sign == std::string::npos ? text : text.substr(sign + 1));
    if (!value)
      throw Error(Fault::usage, "--allow: '" + printable(text) + "' is no allowance",
                  "such as 0.02, map_50=0.005 or p50_ms=5%");
    if (!name.empty() && !bench::is_more_better(name))
      throw Error(Fault::usage, "--allow: '" + printable(name) + "' is no number that can be worse",
                  "such as map_50, p50_ms, images_per_s");
    out[name] = *value;
  }
  return out;
}

void refuse_unknown(const std::vector<std::string>& wanted, const std::vector<std::string>& known) {
  for (const auto& name : wanted)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(Fault::usage,
                  "--metric: '" + printable(name) + "' is not in both" + did_you_mean(name, known),
                  known.empty() ? "" : "one of " + join(known, ", "));
}

bench::Comparison compare_two_rows(const Options& o) {
  const auto table = storage::open_benchmark_table(o.table, storage::TableAccess::read);
  const auto a = storage::find_rows(*table, o.table, o.a).front();
  const auto b = storage::find_rows(*table, o.table, o.b).front();
  refuse_unknown(o.metrics, bench::comparable_names(a, b));
  const auto names = o.metrics.empty() ? bench::default_names(a, b) : o.metrics;
  if (names.empty())
    throw Error(Fault::input, o.table + ": the two rows have no number in common",
                "name some with --metric");
  for (const auto& name : names)
    if (const auto why = bench::obstacle(a, b, name, o.across_machines); !why.empty())
      throw Error(Fault::input, o.table + ": " + name + " cannot be compared: " + why,
                  why.find("machines") == std::string::npos
                      ? "measure both on the same data in the same way"
                      : "pass --across-machines, or judge other numbers, as with --metric map_50");
  auto comparison = bench::compare_rows(a, b, o.across_machines, o.max_spread_percent);
  comparison.a = row_title(a);
  comparison.b = row_title(b);
  bench::judge(comparison, names, parse_allowances(o.allow));
  return comparison;
}

bench::Predictions read_side(const Options& o, const std::string& path, const bench::Truth& truth,
                             const Context& ctx) {
  auto predictions = read_predictions({path}, o.predictions_from, truth, ctx);
  bench::refuse_strangers(path, o.truth.path, predictions);
  warn_of_left_out(predictions.left_out);
  warn_of_odd_scores(predictions.odd_scores);
  return predictions;
}

bench::Comparison compare_two_files(const Options& o, const Context& ctx) {
  const auto truth = open_truth(o.truth, ctx);
  bench::ScoreOptions options;
  options.protocol = truth.kind == bench::TruthKind::classification
                         ? bench::Protocol::accuracy
                         : bench::protocol_from_name(o.protocol);
  options.jobs = ctx.jobs();
  options.seed = ctx.options.seed;
  options.bootstrap_samples = o.samples;
  const auto known = bench::headline_names(options);
  refuse_unknown(o.metrics, known);
  const auto a = read_side(o, o.a, truth, ctx);
  const auto b = read_side(o, o.b, truth, ctx);
  auto comparison = bench::compare_predictions(truth, a, b, options);
  comparison.a = bench::without_url_secrets(o.a);
  comparison.b = bench::without_url_secrets(o.b);
  const auto left = static_cast<std::int64_t>(truth.images.size()) - comparison.images;
  if (left > 0) {
    comparison.notes.push_back(std::to_string(left) + " of " + std::to_string(truth.images.size()) +
                               " images were left out: one of the two has no prediction for them");
    log::warn(comparison.notes.back());
  }
  bench::judge(comparison, o.metrics.empty() ? known : o.metrics, parse_allowances(o.allow));
  return comparison;
}

void print_for_people(const Context& ctx, const bench::Comparison& comparison) {
  ctx.say("A: " + comparison.a);
  ctx.say("B: " + comparison.b);
  for (const auto& note : comparison.notes)
    ctx.say("   " + note);
  Table table{{"number", "A", "B", "B - A", "95 % interval", "may be worse by", "finding"}, {}};
  for (const auto& entry : comparison.numbers)
    table.rows.push_back(
        {entry.name, report::shown_number(entry.name, entry.a),
         report::shown_number(entry.name, entry.b),
         entry.a && entry.b ? report::shown_difference(entry.name, *entry.b - *entry.a) : "-",
         report::shown_range(entry),
         entry.is_judged ? report::shown_number(entry.name, entry.allowance) : "",
         report::shown_finding(entry)});
  ctx.print(table);
  ctx.say(report::verdict_line(comparison));
}

int run(const Options& o, Context& ctx) {
  parse_allowances(o.allow); // a mistake of the command line is said before anything is read
  const bool are_files = !o.truth.path.empty();
  refuse_mixed_reports({{"--markdown", o.markdown}, {"--junit", o.junit}});
  refuse_existing(ctx, {o.markdown, o.junit},
                  are_files ? std::vector<std::string>{o.a, o.b, o.truth.path}
                            : std::vector<std::string>{o.table});
  if (!are_files && std::filesystem::exists(o.a) && std::filesystem::exists(o.b))
    log::info("'" + o.a + "' and '" + o.b + "' are taken as names of rows; with --truth F they " +
              "are files of predictions");
  const auto comparison = are_files ? compare_two_files(o, ctx) : compare_two_rows(o);
  if (!o.markdown.empty())
    write_file(o.markdown, report::comparison_markdown(comparison), ctx.existing());
  if (!o.junit.empty())
    write_file(o.junit, report::comparison_junit(comparison), ctx.existing());
  if (ctx.options.json)
    ctx.print(bench::to_value(comparison));
  else
    print_for_people(ctx, comparison);
  switch (comparison.finding()) {
  case bench::Finding::no_worse: return exit_ok;
  case bench::Finding::regression: return exit_not_met;
  case bench::Finding::undecided: return exit_no_verdict;
  }
  return exit_failed;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("A", o->a, "What was there: a row (id, tag, latest~1), or predictions").required();
  args.value("B", o->b, "What is judged against it: the same").required();
  args.value("--table", o->table, "Table of the rows: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  add_remote_options(args);
  add_truth_options(args, o->truth, "--truth", false);
  args.value("--predictions-from", o->predictions_from, "Format of predictions")
      .metavar("FMT")
      .default_text("by content");
  args.value("--protocol", o->protocol, "Predictions: rules of average precision")
      .choices({"coco", "voc", "voc11"});
  args.list("--metric", o->metrics, "Numbers that are judged")
      .metavar("NAME,NAME")
      .default_text("mAP or accuracy; of rows also p50_ms or images_per_s");
  args.list("--allow", o->allow,
            "How much worse is still no worse: V, V%, or NAME=V for one number")
      .metavar("V")
      .default_text("0.01 of mAP and accuracy, 10% of times");
  args.value("--samples", o->samples, "Predictions: samples of the bootstrap over images");
  args.value("--max-spread", o->max_spread_percent,
             "Rows: times that moved more between windows have no verdict")
      .metavar("PCT");
  args.flag("--across-machines", o->across_machines, "Rows: compare times of unlike machines");
  args.value("--markdown", o->markdown, "Also write it as Markdown, for the summary of a CI job")
      .metavar("FILE");
  args.value("--junit", o->junit, "Also write it as JUnit XML, a test case for each judged number")
      .metavar("FILE");
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_compare;
const Command bench_compare{"bench compare", "Say whether one measurement is worse than another",
                            declare};
} // namespace mlopsctl::commands
