// SPDX-License-Identifier: Apache-2.0
// template render: what the cloud and the devices need, from deploy.yaml.
#include "commands/command.hpp"
#include "commands/manifest/training_check.hpp"
#include "commands/template/rendered.hpp"
#include "templates/table.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string kind;
  std::string spec = "deploy.yaml";
  std::string output;
  std::string own_template;
  std::string generation = "v2";
  bool no_iam = false;
};

void validate(const Options& o) {
  templates::find_kind(o.kind);
  check_output_folder(o.output);
}

int run(const Options& o, Context& ctx) {
  templates::RenderOptions options;
  options.generation = o.generation;
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
  write_rendered(rendered, o.output, ctx);
  if (!ctx.options.json) {
    say(o.output, rendered, ctx);
    return exit_ok;
  }
  auto document = to_document("mlopsctl.template.render/1", o.output, rendered);
  document["kind"] = o.kind;
  ctx.print(document);
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
  args.value("--generation", o->generation, "Of Greengrass, for edge-group; v1 has ended")
      .choices({"v2", "v1"});
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
