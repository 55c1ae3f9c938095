// SPDX-License-Identifier: Apache-2.0
// package describe: draft model.yaml from a weights file.
#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/remote_options.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "package/draft.hpp"
#include "package/package_files.hpp"

#include <filesystem>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string model;
  std::string output; ///< empty: stdout
  std::string labels, name, licence, task;
};

package::DraftOptions draft_options(const Options& o, ByteSource& source) {
  const std::filesystem::path path(o.model);
  package::DraftOptions options;
  options.weights = path.filename().string();
  options.digest = package::digest_of(source);
  options.name = o.name.empty() ? path.stem().string() : o.name;
  options.licence = o.licence;
  if (!o.labels.empty())
    options.labels = package::read_label_lines(o.labels);
  for (const auto task :
       {package::Task::detection, package::Task::classification, package::Task::embedding})
    if (o.task == package::task_name(task))
      options.task = task;
  return options;
}

void warn_about(const Options& o, const package::Draft& draft) {
  if (draft.family.empty())
    log::warn("the outputs fit no family that is known here: the decoder is yours to fill in");
  if (!draft.unknown.empty())
    log::warn("to be filled in before it can be used: " + join(draft.unknown, ", "));
  if (!draft.guesses.empty())
    log::warn("guessed, check them: " + join(draft.guesses, ", "));
  std::error_code ignored;
  const auto folder = [](const std::string& file) {
    const auto parent = std::filesystem::path(file).parent_path();
    return parent.empty() ? std::filesystem::path(".") : parent;
  };
  if (!o.output.empty() && o.output != "-" &&
      !std::filesystem::equivalent(folder(o.output), folder(o.model), ignored))
    log::warn("a package needs the weights beside model.yaml: copy " + o.model + " to " +
              folder(o.output).string());
}

void validate(const Options& o) {
  if (o.model == "-")
    throw Error(Fault::usage, "MODEL: '-' has no name, and model.yaml names its weights",
                "give the ONNX file itself");
  std::error_code ignored;
  if (std::filesystem::equivalent(o.output, o.model, ignored))
    throw Error(Fault::usage, "-o: '" + o.output + "' is the model, and would be replaced",
                "give another -o, such as model.yaml");
}

/// Its params hold no graph, and its graph no sizes: nothing to draft from.
void refuse_mxnet(const std::string& path) {
  if (path.ends_with("-symbol.json") || path.ends_with(".params"))
    throw Error(Fault::input, path + ": is a model of MXNet, a draft is made from ONNX files only",
                "'mlopsctl package deployable' makes a package of a training job's model.tar.gz");
}

int run(const Options& o, Context& ctx) {
  const auto source = open_source(o.model);
  refuse_mxnet(o.model);
  const auto mapped = source->mapped();
  const std::string copy = mapped ? "" : read_all(*source, std::uint64_t{2} << 30);
  const auto model = formats::read_onnx(mapped ? *mapped : copy, o.model);
  source->rewind();
  const auto options = draft_options(o, *source);
  const auto draft = package::draft_model_yaml(model, options);
  const bool is_file = !o.output.empty() && o.output != "-";
  if (is_file)
    write_file(o.output, draft.yaml, ctx.existing());
  else if (!ctx.options.json)
    ctx.out << draft.yaml;
  warn_about(o, draft);
  if (ctx.options.json) {
    const std::uint64_t bytes = source->size_bytes().value_or(0);
    auto document =
        package_document("describe", is_file ? o.output : "", draft.yaml.size(), options.digest,
                         items_value({{options.weights, bytes, options.digest}}));
    document["family"] = draft.family;
    document["guesses"] = texts_value(draft.guesses);
    document["unknown"] = texts_value(draft.unknown);
    document["graph"] = graph_value(model);
    document["model_yaml"] = draft.yaml;
    ctx.print(document);
  }
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("MODEL", o->model, "ONNX file").required();
  args.output(o->output, "model.yaml to write, beside MODEL (default: stdout)");
  args.value("--labels", o->labels, "Class names, one a line, in the order of the class ids")
      .metavar("FILE");
  args.value("--name", o->name, "Name of the model (default: the file's)").metavar("NAME");
  args.value("--licence", o->licence, "Licence of the weights, such as Apache-2.0").metavar("NAME");
  args.value("--task", o->task, "What the model is for, where its outputs fit several tasks")
      .choices({"detection", "classification", "embedding"});
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_describe;
const Command package_describe{
    "package describe", "Draft model.yaml from what an ONNX file says about itself", declare};
} // namespace mlopsctl::commands
