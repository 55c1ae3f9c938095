// SPDX-License-Identifier: Apache-2.0
// template show: our Jsonnet of a kind, to read or to start one's own from.
#include "commands/command.hpp"
#include "templates/table.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string kind;
};

int run(const Options& o, Context& ctx) {
  const auto& kind = templates::find_kind(o.kind);
  const auto text = templates::text_of(kind);
  if (!ctx.options.json) {
    ctx.out << text;
    return exit_ok;
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.show/1";
  document["kind"] = kind.name;
  document["jsonnet"] = text;
  ctx.print(document);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("KIND", o->kind, "Kind of template; 'template list' names them").required();
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command template_show;
const Command template_show{"template show", "Print the Jsonnet that a kind is rendered with",
                            declare};
} // namespace mlopsctl::commands
