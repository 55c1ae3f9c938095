// SPDX-License-Identifier: Apache-2.0
// engines: what can run models on this machine, and which kinds of outputs are understood.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "core/text.hpp"
#include "inference/decoders.hpp"
#include "inference/engine.hpp"

namespace mlopsctl::commands {
namespace {

struct Found {
  const inference::EngineEntry* entry;
  std::string version; // empty: not here
  std::string why_not;
};

Found look(const inference::EngineEntry& entry) {
  Found found{&entry, "", ""};
  try {
    found.version = entry.version();
  } catch (const Error& error) {
    found.why_not = std::string(error.what()) + "; " + error.hint();
  }
  return found;
}

Value to_value(const std::vector<Found>& engines) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.engines/1";
  document["engines"] = Value::array();
  for (const auto& found : engines) {
    Value entry = Value::object();
    entry["name"] = found.entry->name;
    entry["available"] = !found.version.empty();
    entry["version"] = found.version.empty() ? Value() : Value(found.version);
    entry["why_not"] = found.why_not.empty() ? Value() : Value(found.why_not);
    entry["summary"] = found.entry->summary;
    entry["formats"] = Value::array();
    for (const auto format : found.entry->formats)
      entry["formats"].push(format);
    document["engines"].push(std::move(entry));
  }
  document["decoders"] = Value::array();
  for (const auto* decoder : inference::decoder_table()) {
    Value entry = Value::object();
    entry["kind"] = decoder->kind;
    entry["task"] = package::task_name(decoder->task);
    entry["summary"] = decoder->summary;
    document["decoders"].push(std::move(entry));
  }
  return document;
}

void print(const Context& ctx, const std::vector<Found>& engines) {
  Table table{{"engine", "version", "reads", "what it is"}, {}};
  for (const auto& found : engines) {
    std::vector<std::string> formats(found.entry->formats.begin(), found.entry->formats.end());
    table.rows.push_back(
        {std::string(found.entry->name), found.version.empty() ? "not here" : found.version,
         join(formats, ", "),
         found.why_not.empty() ? std::string(found.entry->summary) : found.why_not});
  }
  ctx.print(table);
  Table kinds{{"decoder.kind", "task", "outputs"}, {}};
  for (const auto* decoder : inference::decoder_table())
    kinds.rows.push_back({std::string(decoder->kind),
                          std::string(package::task_name(decoder->task)),
                          std::string(decoder->summary)});
  ctx.say("");
  ctx.print(kinds);
}

int run(Context& ctx) {
  std::vector<Found> engines;
  for (const auto& entry : inference::engine_table())
    engines.push_back(look(entry));
  if (ctx.options.json)
    ctx.print(to_value(engines));
  else
    print(ctx, engines);
  return exit_ok;
}

Run declare(Args& args) {
  auto onnxruntime = std::make_shared<std::string>();
  add_onnxruntime_option(args, *onnxruntime);
  return [onnxruntime](Context& ctx) {
    inference::use_onnxruntime(*onnxruntime);
    return run(ctx);
  };
}

} // namespace
extern const Command engines;
const Command engines{"engines", "List the engines that run models, and the decoders", declare};
} // namespace mlopsctl::commands
