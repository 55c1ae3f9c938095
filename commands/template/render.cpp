// SPDX-License-Identifier: Apache-2.0
// template render: what the cloud and the devices need, from deploy.yaml.
#include "commands/command.hpp"
#include "commands/manifest/training_check.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "templates/table.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string kind;
  std::string spec = "deploy.yaml";
  std::string output;
  std::string own_template;
  bool no_iam = false;
};

void validate(const Options& o) {
  templates::find_kind(o.kind);
  if (o.output.empty())
    throw Error(Fault::usage, "-o: the folder to write is missing", "add -o DIR");
  if (o.output == "-")
    throw Error(Fault::usage, "-o -: a template gives several files", "give a folder: -o DIR");
}

Value to_document(const Options& o, const templates::Rendered& rendered) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.render/1";
  document["kind"] = o.kind;
  document["output"] = o.output;
  document["files"] = Value::array();
  for (const auto& file : rendered.files) {
    Value entry = Value::object();
    entry["name"] = file.name;
    entry["bytes"] = static_cast<std::int64_t>(file.text.size());
    entry["digest"] = sha256(file.text);
    document["files"].push(std::move(entry));
  }
  document["warnings"] = Value::array();
  for (const auto& warning : rendered.warnings)
    document["warnings"].push(warning);
  document["next"] = Value::array();
  for (const auto& step : rendered.next)
    document["next"].push(step);
  return document;
}

void report(const Options& o, const templates::Rendered& rendered, const Context& ctx) {
  if (ctx.options.json) {
    ctx.print(to_document(o, rendered));
    return;
  }
  for (const auto& warning : rendered.warnings)
    log::warn(warning);
  for (const auto& file : rendered.files)
    ctx.say(printable(o.output + "/" + file.name));
  if (!rendered.next.empty())
    ctx.say("Next:");
  for (std::size_t i = 0; i < rendered.next.size(); ++i)
    ctx.say("  " + std::to_string(i + 1) + ". " + printable(rendered.next[i]));
}

int run(const Options& o, Context& ctx) {
  templates::RenderOptions options;
  options.no_iam = o.no_iam;
  options.read_training_data = [&ctx](const std::string& folder, const std::string& attribute) {
    LabelOptions labels;
    labels.label_attribute = attribute;
    return read_training_data(folder, "", labels, ctx);
  };
  if (!o.own_template.empty())
    options.own = templates::read_template(o.own_template);
  const auto spec = templates::read_spec(o.spec);
  const auto rendered = templates::render_kind(templates::find_kind(o.kind), spec, options);
  const auto folder = create_folder(o.output, ctx.existing());
  for (const auto& file : rendered.files)
    folder->write(file.name, file.text);
  folder->finish();
  report(o, rendered, ctx);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("KIND", o->kind, "Kind of template; 'template list' names them").required();
  args.value("-f,--file", o->spec, "Deployment spec").metavar("FILE").default_text("deploy.yaml");
  args.output(o->output, "Folder to write");
  args.value("--template", o->own_template, "Your own Jsonnet instead of the built-in one")
      .metavar("FILE")
      .guarded();
  args.flag("--no-iam", o->no_iam,
            "Make no role: write the policies to ask for beside the template");
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command template_render;
const Command template_render{
    "template render", "Render what the cloud and the devices need from deploy.yaml", declare};
} // namespace mlopsctl::commands
