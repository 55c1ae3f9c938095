// SPDX-License-Identifier: Apache-2.0
// template list: what can be rendered, and which keys of deploy.yaml it needs.
#include "commands/command.hpp"
#include "core/text.hpp"
#include "templates/table.hpp"

namespace mlopsctl::commands {
namespace {

int run(Context& ctx) {
  Table table{{"kind", "renders", "needs in deploy.yaml", "flags"}, {}};
  Value list = Value::array();
  for (const auto& kind : templates::all_kinds()) {
    const std::vector<std::string> needs(kind.needs.begin(), kind.needs.end());
    std::vector<std::string> flags;
    for (const auto flag : kind.flags)
      flags.push_back("--" + std::string(flag));
    table.rows.push_back(
        {std::string(kind.name), std::string(kind.summary), join(needs, ", "), join(flags, ", ")});
    Value entry = Value::object();
    entry["kind"] = kind.name;
    entry["summary"] = kind.summary;
    entry["needs"] = Value::array();
    for (const auto& need : needs)
      entry["needs"].push(need);
    entry["flags"] = Value::array();
    for (const auto& flag : flags)
      entry["flags"].push(flag);
    list.push(std::move(entry));
  }
  if (!ctx.options.json) {
    ctx.print(table);
    return exit_ok;
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.template.list/1";
  document["templates"] = std::move(list);
  ctx.print(document);
  return exit_ok;
}

Run declare(Args&) {
  return run;
}

} // namespace
extern const Command template_list;
const Command template_list{"template list", "List what can be rendered and the keys that it needs",
                            declare};
} // namespace mlopsctl::commands
