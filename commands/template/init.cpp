// SPDX-License-Identifier: Apache-2.0
// template init: a deploy.yaml with comments, to edit.
#include "commands/command.hpp"
#include "core/digest.hpp"
#include "templates/table.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string output = "deploy.yaml";
};

Value to_document(const Options& o, std::string_view text) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.init/1";
  document["output"] = o.output;
  document["bytes"] = static_cast<std::int64_t>(text.size());
  document["digest"] = sha256(text);
  return document;
}

int run(const Options& o, Context& ctx) {
  const auto text = templates::example_spec();
  if (o.output == "-") {
    if (ctx.options.json)
      throw Error(Fault::usage, "-o -: the file and the JSON document cannot both be on stdout",
                  "give -o FILE, or leave --json out");
    ctx.out << text;
    return exit_ok;
  }
  write_file(o.output, text, ctx.existing());
  if (ctx.options.json)
    ctx.print(to_document(o, text));
  ctx.say(o.output + " written; edit it, then: mlopsctl template render KIND -f " + o.output +
          " -o DIR");
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.output(o->output, "File to write, - for stdout").default_text("deploy.yaml");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command template_init;
const Command template_init{"template init", "Write a deploy.yaml with comments, to edit", declare};
} // namespace mlopsctl::commands
