// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/sources.hpp"

#include "capture/supervisor.hpp"
#include "commands/capture/report.hpp"
#include "commands/capture/sources_file.hpp"
#include "commands/capture/sources_view.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <tuple>
#include <vector>

namespace mlopsctl::commands {
namespace {

using capture::SourceOutcome;

/// A model that several sources redact with is loaded once.
class Redactions {
public:
  explicit Redactions(const std::vector<std::string>& overrides) : overrides_(overrides) {}

  const std::optional<capture::Redaction>& of(const RedactOptions& options) {
    const Key key{options.what, options.model, options.engine.name};
    auto found = loaded_.find(key);
    if (found == loaded_.end()) {
      const bool takes_overrides = !options.what.empty();
      found = loaded_
                  .emplace(key, redaction_of(options, takes_overrides ? overrides_
                                                                      : std::vector<std::string>{}))
                  .first;
    }
    return found->second;
  }

private:
  using Key = std::tuple<std::string, std::string, std::string>;
  const std::vector<std::string>& overrides_;
  std::map<Key, std::optional<capture::Redaction>> loaded_;
};

class Captures {
public:
  Captures(std::vector<NamedSource> sources, Context& ctx)
      : sources_(std::move(sources)), ctx_(ctx) {
    refuse_idle_overrides();
    Redactions redactions(ctx.options.set);
    for (auto& [name, flags] : sources_) {
      flags.capture.redaction = redactions.of(flags.redact);
      reports_.push_back(
          std::make_unique<CaptureReport>(flags.report, ctx.existing(), flags.capture));
    }
  }

  void run() {
    std::vector<capture::SourceTask> tasks;
    for (const auto& [name, flags] : sources_)
      tasks.push_back({name, flags.capture, flags.store});
    SourcesView view(ctx_.err, ctx_.show_progress);
    outcomes_ = capture::capture_all(std::move(tasks), ctx_.jobs(), create_class_labels,
                                     [&](const auto& states) {
                                       if (!ctx_.options.quiet)
                                         view.show(states);
                                     });
  }

  /// \return the exit status.
  int tell(const std::string& output) {
    Problems problems;
    Value list = Value::array();
    bool is_whole = true;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      is_whole = tell(sources_[i], outcomes_[i], problems) && is_whole;
      if (!outcomes_[i].failure && !outcomes_[i].is_interrupted)
        reports_[i]->finish(outcomes_[i].result);
      list.push(to_value(sources_[i], outcomes_[i]));
    }
    check_interrupt();
    if (ctx_.options.json)
      ctx_.print(document_of(output, std::move(list), problems));
    print_problems(ctx_, problems);
    return is_whole ? exit_ok : exit_failed;
  }

private:
  void refuse_idle_overrides() const {
    const bool is_any_redacted =
        std::any_of(sources_.begin(), sources_.end(),
                    [](const auto& source) { return !source.flags.redact.what.empty(); });
    if (!is_any_redacted)
      redaction_of({}, ctx_.options.set);
  }

  /// \return whether nothing is missing.
  bool tell(const NamedSource& source, const SourceOutcome& outcome, Problems& problems) const {
    for (auto problem : outcome.result.problems) {
      problem.place = source.name + ": " + problem.place;
      problems.push_back(std::move(problem));
    }
    if (outcome.failure) {
      const auto& hint = outcome.failure->hint();
      problems.push_back({"source-failed", Severity::error, source.name,
                          outcome.failure->what() + (hint.empty() ? "" : "; " + hint)});
      return false;
    }
    ctx_.say(result_text(source.flags, outcome.result, watch_.seconds()));
    return !outcome.is_interrupted && !is_damaged(outcome.result);
  }

  static Value to_value(const NamedSource& source, const SourceOutcome& outcome) {
    Value value = Value::object();
    value["name"] = source.name;
    value["ok"] = !outcome.failure && !is_damaged(outcome.result);
    value["error"] = outcome.failure ? Value(outcome.failure->what()) : Value();
    for (auto& [key, member] : commands::to_value(source.flags, outcome.result).members)
      value[key] = std::move(member);
    return value;
  }

  Value document_of(const std::string& output, Value list, const Problems& problems) const {
    capture::CaptureResult sum;
    for (const auto& outcome : outcomes_) {
      sum.read += outcome.result.read;
      sum.kept += outcome.result.kept;
      sum.unreadable += outcome.result.unreadable;
      for (const auto& [reason, count] : outcome.result.dropped)
        sum.dropped[reason] += count;
    }
    Value document = Value::object();
    document["schema"] = k_capture_schema;
    document["frames_read"] = sum.read;
    document["frames_kept"] = sum.kept;
    document["dropped"] = dropped_value(sum);
    document["output"] = output;
    document["seconds"] = watch_.seconds();
    document["sources"] = std::move(list);
    document["problems"] = commands::to_value(problems);
    return document;
  }

  std::vector<NamedSource> sources_;
  Context& ctx_;
  Stopwatch watch_;
  std::vector<std::unique_ptr<CaptureReport>> reports_;
  std::vector<SourceOutcome> outcomes_;
};

} // namespace

int capture_sources(const std::string& path, const CaptureFlags& base, Context& ctx) {
  if (!base.report.empty())
    throw Error(Fault::usage, "--report: every source has a page of its own",
                "give them in " + path + ": 'report: door.html'");
  Captures captures(read_sources(path, base, ctx.environment), ctx);
  captures.run();
  return captures.tell(base.capture.output);
}

} // namespace mlopsctl::commands
