// SPDX-License-Identifier: Apache-2.0
// template migrate: a group of Greengrass v1 as components of v2, and a report of each of its
// parts.
#include "commands/command.hpp"
#include "commands/template/rendered.hpp"
#include "core/log.hpp"
#include "templates/import/import.hpp"
#include "templates/table.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string spec;
  std::string output;
  std::string functions = "recipe";
  templates::ImportOptions group{"deploy.yaml", "", ""};
};

/// The report as a tree, for --json.
Value report_of(const templates::Rendered& rendered) {
  const auto file = std::find_if(rendered.files.begin(), rendered.files.end(),
                                 [](const auto& f) { return f.name == "report.json"; });
  if (file == rendered.files.end())
    throw Error(Fault::internal, "the migration gives no report.json");
  return *parse_json(file->text, file->name).find("items");
}

int run(const Options& o, Context& ctx) {
  std::vector<templates::ImportItem> items;
  const auto spec = templates::read_spec_or_group(o.spec, o.group, items);
  for (const auto& item : items)
    log::warn(item.place + ": " + item.what + "; " + item.todo);
  templates::RenderOptions options;
  options.lambda_components = o.functions == "lambda";
  const auto rendered = templates::render_kind(templates::migration(), spec, options);
  write_rendered(rendered, o.output, ctx);
  if (!ctx.options.json) {
    say(o.output, rendered, ctx);
    return exit_ok;
  }
  auto document = to_document("mlopsctl.template.migrate/1", o.output, rendered);
  document["items"] = report_of(rendered);
  ctx.print(document);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SPEC", o->spec, "deploy.yaml with greengrass_v1, or what 'template import' reads")
      .required();
  args.output(o->output, "Folder to write");
  args.value("--functions", o->functions,
             "Recipes that run the functions' code, or the Lambda functions themselves")
      .choices({"recipe", "lambda"});
  args.value("--region", o->group.region, "Region, if the group does not say it").metavar("NAME");
  args.value("--account", o->group.account, "Account, if the group does not say it")
      .metavar("DIGITS");
  return [o](Context& ctx) {
    check_output_folder(o->output);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command template_migrate;
const Command template_migrate{"template migrate",
                               "Make Greengrass v2 components of a Greengrass v1 group", declare};
} // namespace mlopsctl::commands
