// SPDX-License-Identifier: Apache-2.0
// template validate: every rule over templates, ours and other people's; exit 3 if one is broken.
#include "templates/validate/validate.hpp"

#include "commands/command.hpp"
#include "commands/manifest/labels_io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> paths;
  std::string fail_on = "error";
  std::string schemas;
  bool list_rules = false;
};

std::string_view severity_name(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

int print_rules(const Context& ctx) {
  Table table{{"rule", "severity", "what", "fix"}, {}};
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.rules/1";
  document["rules"] = Value::array();
  for (const auto& rule : templates::all_rules()) {
    const auto severity = severity_name(rule.severity);
    table.rows.push_back({std::string(rule.id), std::string(severity), std::string(rule.what),
                          std::string(rule.fix)});
    Value entry = Value::object();
    entry["rule"] = rule.id;
    entry["severity"] = severity;
    entry["what"] = rule.what;
    entry["fix"] = rule.fix;
    document["rules"].push(std::move(entry));
  }
  if (ctx.options.json)
    ctx.print(document);
  else
    ctx.print(table);
  return exit_ok;
}

Value to_value(const std::vector<templates::Finding>& findings) {
  Value list = Value::array();
  for (const auto& finding : findings) {
    Value entry = Value::object();
    entry["rule"] = finding.rule->id;
    entry["severity"] = severity_name(finding.rule->severity);
    entry["place"] = finding.place;
    entry["text"] = finding.text;
    entry["fix"] = finding.rule->fix;
    list.push(std::move(entry));
  }
  return list;
}

void print(const templates::Validation& done, const std::vector<std::string>& unread,
           std::int64_t errors, bool is_ok, const Context& ctx) {
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.template.validate/1";
    document["ok"] = is_ok;
    document["files"] = done.files;
    document["resources"] = done.resources;
    document["findings"] = to_value(done.findings);
    document["patterns_not_checked"] = Value::array();
    for (const auto& pattern : unread)
      document["patterns_not_checked"].push(pattern);
    ctx.print(document);
    return;
  }
  for (const auto& pattern : unread)
    log::warn("a pattern that looks ahead or behind is not checked: " + printable(pattern));
  for (const auto& finding : done.findings)
    ctx.say(printable(finding.place) + ": " + std::string(severity_name(finding.rule->severity)) +
            ": " + finding.text + " [" + std::string(finding.rule->id) + "]; " +
            std::string(finding.rule->fix));
  const auto warnings = static_cast<std::int64_t>(done.findings.size()) - errors;
  ctx.say(counted(done.files, "file") + ", " + counted(done.resources, "resource") + ": " +
          counted(errors, "error") + ", " + counted(warnings, "warning"));
}

int run(const Options& o, Context& ctx) {
  if (o.list_rules)
    return print_rules(ctx);
  if (o.paths.empty())
    throw Error(Fault::usage, "PATH is missing", "name a template, or the folder that has it");
  templates::ResourceTypes types(o.schemas);
  const auto done = templates::validate_paths(o.paths, types);
  const auto errors =
      std::count_if(done.findings.begin(), done.findings.end(),
                    [](const auto& finding) { return finding.rule->severity == Severity::error; });
  const bool is_ok =
      o.fail_on == "never" || (o.fail_on == "warning" ? done.findings.empty() : errors == 0);
  print(done, types.unread_patterns(), errors, is_ok, ctx);
  return is_ok ? exit_ok : exit_not_met;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("PATH", o->paths, "Templates, recipes, deployments, policies; or folders of them");
  args.value("--fail-on", o->fail_on, "What makes it end with 3")
      .choices({"error", "warning", "never"});
  args.value("--schemas", o->schemas, "AWS's published resource schemas, for every type")
      .metavar("DIR");
  args.flag("--rules", o->list_rules, "Print the rules and stop");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command template_validate;
const Command template_validate{"template validate",
                                "Check templates, ours and other people's, by every rule", declare};
} // namespace mlopsctl::commands
