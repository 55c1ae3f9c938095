// SPDX-License-Identifier: Apache-2.0
// manifest validate: every rule over every record; exit 3 if one is broken.
#include "commands/command.hpp"
#include "commands/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/interrupt.hpp"
#include "dataset/rules.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  bool list_rules = false;
  LabelOptions labels;
};

int print_rules(const Context& ctx) {
  Table table{{"rule", "severity", "what"}, {}};
  Value list = Value::array();
  for (const auto& rule : dataset::all_rules()) {
    const std::string severity = rule.severity == Severity::error ? "error" : "warning";
    table.rows.push_back({std::string(rule.id), severity, std::string(rule.what)});
    Value entry = Value::object();
    entry["rule"] = rule.id;
    entry["severity"] = severity;
    entry["what"] = rule.what;
    list.push(std::move(entry));
  }
  if (!ctx.options.json) {
    ctx.print(table);
    return exit_ok;
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.manifest.rules/1";
  document["rules"] = std::move(list);
  ctx.print(document);
  return exit_ok;
}

int run(const Options& o, Context& ctx) {
  if (o.list_rules)
    return print_rules(ctx);
  if (o.input.empty())
    throw Error(Fault::usage, "IN is missing", "name the data set to check");
  check_label_options(o.labels);
  refuse_existing(ctx, {o.labels.problems}, {o.input});
  const auto reader = formats::open_labels(o.input, read_options(o.labels, o.input, false));
  const auto progress = ctx.progress("validate", 0, "images");
  dataset::Validator validator;
  dataset::Sample sample;
  std::int64_t images = 0;
  while (reader->next(sample)) {
    check_interrupt();
    validator.add(sample);
    progress->advance();
    ++images;
  }
  images += reader->left_out();
  Problems problems = reader->problems();
  const Problems more = validator.finish();
  problems.insert(problems.end(), more.begin(), more.end());
  const bool is_ok = !has_errors(problems);
  static_cast<void>(may_write(ctx, o.labels, problems)); // writes --problems
  print_problems(ctx, problems);
  if (ctx.options.json) {
    Value document = dataset_document("validate", images, {}, problems);
    document["ok"] = is_ok;
    ctx.print(document);
  }
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const auto& problem) {
    return problem.severity == Severity::error;
  });
  const auto warnings = static_cast<std::int64_t>(problems.size()) - errors;
  ctx.say(o.input + ": " + counted(images, "image") + ", " + counted(errors, "error") + ", " +
          counted(warnings, "warning"));
  return is_ok ? exit_ok : exit_not_met;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to check, in any label format");
  add_reading_options(args, o->labels);
  args.value("--problems", o->labels.problems, "Write every problem to this file (JSON Lines)")
      .metavar("FILE")
      .default_text("");
  args.flag("--rules", o->list_rules, "Print the rules and stop");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_validate;
const Command manifest_validate{"manifest validate", "Check a data set by every rule", declare};
} // namespace mlopsctl::commands
