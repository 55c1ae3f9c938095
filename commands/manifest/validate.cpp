// SPDX-License-Identifier: Apache-2.0
// manifest validate: every rule over every record; exit 3 if one is broken. --fix writes what can
// be mended; --for checks two data sets for a training job.
#include "commands/command.hpp"
#include "commands/manifest/dataset_report.hpp"
#include "commands/manifest/labels_io.hpp"
#include "commands/manifest/training_check.hpp"
#include "core/interrupt.hpp"
#include "dataset/fix.hpp"
#include "dataset/rules.hpp"

#include <algorithm>
#include <map>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string input;
  std::string output; ///< the mended data set, or the training job
  std::string purpose;
  bool list_rules = false;
  bool fix = false;
  LabelOptions labels;
  TrainingOptions training;
};

std::string_view severity_name(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

int print_rules(const Context& ctx) {
  Table table{{"rule", "severity", "what", "--fix"}, {}};
  Value list = Value::array();
  for (const auto& rule : dataset::all_rules()) {
    table.rows.push_back({std::string(rule.id), std::string(severity_name(rule.severity)),
                          std::string(rule.what), std::string(rule.fix)});
    Value entry = Value::object();
    entry["rule"] = rule.id;
    entry["severity"] = severity_name(rule.severity);
    entry["what"] = rule.what;
    if (!rule.fix.empty())
      entry["fix"] = rule.fix;
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

void validate(const Options& o) {
  if (o.input.empty())
    throw Error(Fault::usage, "IN is missing", "name the data set to check");
  if (o.fix && !o.purpose.empty())
    throw Error(Fault::usage, "--fix and --for do not go together",
                "mend the two data sets first, each with --fix -o");
  if (o.fix && o.output.empty())
    throw Error(Fault::usage, "--fix needs -o", "the input is never changed in place");
  if (!o.output.empty() && !o.fix && o.purpose.empty())
    throw Error(Fault::usage, "-o without --fix or --for: there is nothing to write");
  check_label_options(o.labels);
}

bool is_mendable(const Problem& problem) {
  const auto* rule = dataset::find_rule(problem.rule);
  return rule && !rule->fix.empty();
}

int conclude_check(const Options& o, const Context& ctx, std::int64_t images,
                   const Problems& problems) {
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
  const auto mendable = std::count_if(problems.begin(), problems.end(), is_mendable);
  const auto warnings = static_cast<std::int64_t>(problems.size()) - errors;
  ctx.say(o.input + ": " + counted(images, "image") + ", " + counted(errors, "error") + ", " +
          counted(warnings, "warning") +
          (mendable > 0 ? "; --fix -o OUT mends " + std::to_string(mendable) : std::string()));
  return is_ok ? exit_ok : exit_not_met;
}

int check(const Options& o, Context& ctx) {
  refuse_existing(ctx, {o.labels.problems}, {o.input});
  const auto reader = formats::open_labels(o.input, looking_options(o.labels, o.input));
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
  return conclude_check(o, ctx, images, problems);
}

/// What the reader left out on its own account counts as mended where the rule says so.
std::map<std::string, std::int64_t> all_counts(const dataset::Fixer& fixer,
                                               const Problems& problems) {
  auto counts = fixer.counts();
  for (const auto& problem : problems)
    if (is_mendable(problem) && problem.severity == Severity::error)
      ++counts[problem.rule];
  return counts;
}

int conclude_fix(const Options& o, const Context& ctx, const Outcome& outcome, bool is_written,
                 const std::map<std::string, std::int64_t>& counts) {
  print_problems(ctx, outcome.problems);
  if (ctx.options.json) {
    Value document =
        dataset_document("validate", outcome.images_read, outcome.written, outcome.problems);
    document["ok"] = is_written;
    Value fixed = Value::object();
    for (const auto& [rule, count] : counts)
      fixed[rule] = count;
    document["fixed"] = std::move(fixed);
    ctx.print(document);
  }
  if (!is_written) {
    ctx.err << "mlopsctl manifest validate: some records have no sensible mending, nothing was "
               "written; mend them by hand or pass --discard-bad\n";
    return exit_not_met;
  }
  for (const auto& [rule, count] : counts)
    ctx.say("mended: " + rule + ": " + std::to_string(count) + " (" +
            std::string(dataset::find_rule(rule)->fix) + ")");
  ctx.say(o.output + ": " + counted(outcome.written.images, "image") + ", " +
          counted(outcome.written.annotations, "object") +
          (counts.empty() ? "; there was nothing to mend" : ""));
  return exit_ok;
}

int fix(const Options& o, Context& ctx) {
  refuse_existing(ctx, {o.labels.problems}, {o.input, o.output});
  auto input = formats::open_label_input(o.input);
  const auto& from =
      o.labels.from.empty() ? formats::recognise(input) : formats::label_format(o.labels.from);
  if (!from.create)
    throw Error(Fault::usage, o.input + ": is " + std::string(from.name) + ", which is only read",
                "convert it first");
  const auto reader = formats::open_labels(std::move(input), read_options(o.labels, o.input, true));
  dataset::Fixer fixer;
  dataset::Sample sample;
  for (; reader->next(sample); check_interrupt())
    fixer.learn(sample);
  reader->rewind();
  const auto writer =
      formats::create_labels(o.output, write_options(o.labels, ctx, from, from, *reader));
  const auto rebase = rebasing(o.input, o.output);
  Outcome outcome;
  for (; reader->next(sample); check_interrupt()) {
    ++outcome.images_read;
    if (!fixer.fix(sample))
      continue;
    if (rebase)
      rebase(sample);
    writer->write(sample);
  }
  outcome.images_read += reader->left_out();
  const auto counts = all_counts(fixer, reader->problems());
  outcome.problems = reader->problems();
  std::erase_if(outcome.problems, is_mendable);
  const bool is_written = may_write(ctx, o.labels, outcome.problems);
  if (is_written)
    outcome.written = writer->finish();
  return conclude_fix(o, ctx, outcome, is_written, counts);
}

int run(const Options& o, Context& ctx) {
  if (o.list_rules)
    return print_rules(ctx);
  validate(o);
  if (o.purpose.empty())
    return o.fix ? fix(o, ctx) : check(o, ctx);
  TrainingOptions training = o.training;
  training.train = o.input;
  training.output = o.output;
  return check_training(training, o.labels, ctx);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IN", o->input, "Data set to check, in any label format");
  args.output(o->output, "Write the mended data set (--fix) or the training job (--for) here");
  args.flag("--fix", o->fix, "Mend what has one sensible mending ('--rules' lists it), into -o");
  args.value("--for", o->purpose, "Check IN and --validation for a training job")
      .choices({"sagemaker-object-detection"})
      .default_text("");
  args.flag("--discard-bad", o->labels.discard_bad,
            "With --fix: leave out records that cannot be mended");
  add_reading_options(args, o->labels);
  args.value("--problems", o->labels.problems, "Write every problem to this file (JSON Lines)")
      .metavar("FILE")
      .default_text("");
  args.flag("--rules", o->list_rules, "Print the rules and stop");
  add_training_options(args, o->training);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command manifest_validate;
const Command manifest_validate{"manifest validate", "Check a data set by every rule, and mend it",
                                declare};
} // namespace mlopsctl::commands
