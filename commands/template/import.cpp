// SPDX-License-Identifier: Apache-2.0
// template import: a group of Greengrass v1, as people have it, becomes deploy.yaml.
#include "templates/import/import.hpp"

#include "commands/command.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::vector<std::string> inputs;
  std::string output = "deploy.yaml";
  templates::ImportOptions group;
};

Value to_document(const Options& o, const templates::Imported& imported) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.import/1";
  document["output"] = o.output;
  document["bytes"] = static_cast<std::int64_t>(imported.text.size());
  document["digest"] = sha256(imported.text);
  document["items"] = Value::array();
  for (const auto& item : imported.items) {
    Value entry = Value::object();
    entry["what"] = item.what;
    entry["place"] = item.place;
    entry["todo"] = item.todo;
    document["items"].push(std::move(entry));
  }
  return document;
}

int run(Options& o, Context& ctx) {
  if (o.output == "-" && ctx.options.json)
    throw Error(Fault::usage, "-o -: the file and the JSON document cannot both be on stdout",
                "give -o FILE, or leave --json out");
  o.group.output = o.output == "-" ? "deploy.yaml" : o.output;
  const auto imported = templates::import_group(o.inputs, o.group);
  if (o.output == "-") {
    for (const auto& item : imported.items)
      log::warn(item.place + ": " + item.what + "; " + item.todo);
    ctx.out << imported.text;
    return exit_ok;
  }
  write_file(o.output, imported.text, ctx.existing());
  if (ctx.options.json)
    ctx.print(to_document(o, imported));
  ctx.say(o.output + " written");
  if (!imported.items.empty())
    ctx.say("Look at:");
  for (const auto& item : imported.items)
    ctx.say("  " + printable(item.place + ": " + item.what) + "; " + item.todo);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("FILE", o->inputs,
             "The group: greengo's YAML, a CloudFormation template, or answers of v1's API")
      .required();
  args.value("-o,--output", o->output, "File to write, - for stdout")
      .metavar("FILE")
      .default_text("deploy.yaml");
  args.value("--region", o->group.region, "Region, if no ARN of the group has it").metavar("NAME");
  args.value("--account", o->group.account, "Account, if no ARN of the group has it")
      .metavar("DIGITS");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command template_import;
const Command template_import{"template import",
                              "Read a Greengrass v1 group, and write it as deploy.yaml", declare};
} // namespace mlopsctl::commands
