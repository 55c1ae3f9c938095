// SPDX-License-Identifier: Apache-2.0
// schema: the JSON Schemas of the files that people write, for editors and CI, and of documents.
#include "commands/command.hpp"
#include "commands/config_schema.hpp"

#include <ostream>

namespace mlopsctl::commands {

std::string_view embedded_schema(std::string_view name);

namespace {

struct Schema {
  const char* name;
  const char* file;          ///< below schemas/
  Value (*make)() = nullptr; ///< instead: from the commands' declarations
};

/// Adding one: its file in schemas/ and its line here.
constexpr Schema k_schemas[] = {
    {"model", "model.json"},
    {"deploy", "deploy.json"},
    {"config", nullptr, config_schema},
    {"score", "score.json"},
    {"compare", "compare.json"},
    {"store", "store.json"},
    {"sources", nullptr, sources_schema},
};

struct Options {
  std::string name;
};

int run(const Options& o, Context& ctx) {
  for (const auto& schema : k_schemas) {
    if (o.name != schema.name)
      continue;
    ctx.print(schema.make ? schema.make()
                          : parse_json(embedded_schema(schema.file),
                                       std::string("schemas/") + schema.file));
  }
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  std::vector<std::string> names;
  for (const auto& schema : k_schemas)
    names.emplace_back(schema.name);
  args.value("NAME", o->name, "Which file").required().choices(names);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command schema;
const Command schema{
    "schema", "Print the JSON Schema of a file that people write, or of a document", declare};
} // namespace mlopsctl::commands
