// SPDX-License-Identifier: Apache-2.0
#include "commands/template/rendered.hpp"

#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {

void check_output_folder(const std::string& output) {
  if (output.empty())
    throw Error(Fault::usage, "-o: the folder to write is missing", "add -o DIR");
  if (output == "-")
    throw Error(Fault::usage, "-o -: a template gives several files", "give a folder: -o DIR");
}

void write_rendered(const templates::Rendered& rendered, const std::string& output,
                    const Context& ctx) {
  const auto folder = create_folder(output, ctx.existing());
  for (const auto& file : rendered.files)
    folder->write(file.name, file.text);
  folder->finish();
}

Value to_document(const std::string& schema, const std::string& output,
                  const templates::Rendered& rendered) {
  Value document = Value::object();
  document["schema"] = schema;
  document["output"] = output;
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

void say(const std::string& output, const templates::Rendered& rendered, const Context& ctx) {
  for (const auto& warning : rendered.warnings)
    log::warn(warning);
  for (const auto& file : rendered.files)
    ctx.say(printable(output + "/" + file.name));
  if (!rendered.next.empty())
    ctx.say("Next:");
  for (std::size_t i = 0; i < rendered.next.size(); ++i)
    ctx.say("  " + std::to_string(i + 1) + ". " + printable(rendered.next[i]));
}

} // namespace mlopsctl::commands
