// SPDX-License-Identifier: Apache-2.0
// package inspect: what is in a package, without executing or unpacking anything.
#include "package/inspect.hpp"

#include "commands/command.hpp"
#include "commands/package/image_report.hpp"
#include "commands/package/result.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "formats/archive/oci_layout.hpp"
#include "package/bundle_check.hpp"
#include "package/mar.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string path;
  LimitOptions limits;
};

void say_spec(const package::Inspection& inspection, const std::string& path, Context& ctx,
              Problems& problems) {
  if (!inspection.model_yaml) {
    ctx.say(package::is_runtime_bundle(inspection)
                ? "a runtime bundle, with its bill of materials in sbom.json"
                : "no model.yaml: not a model package");
    return;
  }
  try {
    const auto spec =
        package::parse_model_spec(*inspection.model_yaml, path + "/" + package::k_model_yaml);
    ctx.say("model " + spec.name + (spec.version.empty() ? "" : " " + spec.version) + ": " +
            std::string(package::task_name(spec.task)) + ", decoder " + spec.decoder.kind + ", " +
            std::to_string(spec.input.width) + "x" + std::to_string(spec.input.height) + ", " +
            std::to_string(spec.labels.size()) + " labels, licence " +
            (spec.licence.empty() ? "not named" : spec.licence));
  } catch (const Error& error) {
    problems.push_back({"model-yaml", Severity::warning, package::k_model_yaml, error.what()});
  }
}

Value spec_value(const package::Inspection& inspection, const std::string& path,
                 Problems& problems) {
  if (!inspection.model_yaml)
    return {};
  try {
    const auto name = path + "/" + package::k_model_yaml;
    const auto spec = package::parse_model_spec(*inspection.model_yaml, name);
    return parse_yaml(package::to_model_yaml(spec), name);
  } catch (const Error& error) {
    problems.push_back({"model-yaml", Severity::warning, package::k_model_yaml, error.what()});
    return {};
  }
}

int run(const Options& o, Context& ctx) {
  if (formats::image_kind_of(o.path))
    return inspect_image(o.path, limits_of(o.limits).archive, ctx);
  const auto inspection = package::inspect_package(o.path, limits_of(o.limits));
  auto problems = package::is_runtime_bundle(inspection) ? package::check_bundle(o.path, inspection)
                                                         : inspection.problems;
  const auto mar = package::check_mar(o.path, inspection);
  problems.insert(problems.end(), mar.begin(), mar.end());
  if (ctx.options.json) {
    auto document = package_document("inspect", o.path, inspection.size_bytes, inspection.digest,
                                     items_value(inspection.items));
    document["kind"] = inspection.kind;
    document["model"] = spec_value(inspection, o.path, problems);
    Value graphs = Value::object();
    for (const auto& [name, model] : inspection.models)
      graphs[name] = graph_value(model);
    document["graphs"] = std::move(graphs);
    document["targets"] = fits_value(package::fits_of(inspection));
    document["problems"] = to_value(problems);
    ctx.print(document);
    return exit_ok;
  }
  Table table{{"name", "bytes", "digest"}, {}};
  for (const auto& item : inspection.items)
    table.rows.push_back({item.name, std::to_string(item.size_bytes), item.digest});
  if (!table.rows.empty())
    ctx.print(table);
  ctx.say(o.path + ": " + inspection.kind + ", " + bytes_for_people(inspection.size_bytes) + ", " +
          std::to_string(inspection.items.size()) +
          (inspection.items.size() == 1 ? " file, digest " : " files, digest ") +
          inspection.digest);
  say_spec(inspection, o.path, ctx, problems);
  for (const auto& [name, model] : inspection.models) {
    ctx.say(name + ": made by " + model.producer + ", " + std::to_string(model.parameters) +
            " parameters, " + std::to_string(model.nodes) + " nodes");
    ctx.say("  inputs:  " + tensors_text(model.inputs));
    ctx.say("  outputs: " + tensors_text(model.outputs));
  }
  say_fits(package::fits_of(inspection), ctx);
  for (const auto& problem : problems)
    ctx.say("warning: " + problem.place + ": " + problem.text);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("PATH", o->path, "Folder or archive (tar, tar.gz, zip, mar), or a container image")
      .required();
  add_limit_options(args, o->limits);
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command package_inspect;
const Command package_inspect{"package inspect",
                              "Show what is in a package, without executing anything", declare};
} // namespace mlopsctl::commands
