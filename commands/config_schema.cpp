// SPDX-License-Identifier: Apache-2.0
#include "commands/config_schema.hpp"

#include "capture/supervisor.hpp"
#include "commands/capture/sources_file.hpp"
#include "commands/command.hpp"
#include "commands/global_options.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

Value types(std::initializer_list<const char*> names) {
  Value list = Value::array();
  for (const char* name : names)
    list.push(name);
  return list;
}

Value option_schema(const Arg& arg) {
  Value schema = Value::object();
  if (arg.is_flag) {
    schema["type"] = "boolean";
  } else if (!arg.choice_names.empty()) {
    Value choices = Value::array();
    for (const auto& name : arg.choice_names)
      choices.push(name);
    schema["enum"] = std::move(choices);
  } else {
    schema["type"] = arg.is_repeatable ? types({"string", "number", "array", "null"})
                                       : types({"string", "number", "boolean", "null"});
  }
  schema["description"] =
      arg.help + (arg.is_guarded ? " (a project's file may set it once it is trusted)" : "");
  return schema;
}

Value document(const char* id, const char* title, const char* description) {
  Value root = Value::object();
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["$id"] = id;
  root["title"] = title;
  root["description"] = description;
  root["type"] = "object";
  return root;
}

void add_options(const Args& args, Value& properties, bool takes_guarded = true) {
  for (const auto& arg : args.all())
    if (!arg->is_positional() && (takes_guarded || !arg->is_guarded))
      properties[arg->key()] = option_schema(*arg);
}

} // namespace

Value config_schema() {
  Value root = document("urn:mlopsctl:config:1", "mlops.yaml",
                        "Defaults for options by command, such as 'capture: {fps: 5}'");
  for (const auto* command : all_commands()) {
    Value* node = &root;
    for (const auto& word : split(command->name, ' ')) {
      node = &(*node)["properties"][word];
      (*node)["type"] = "object";
      (*node)["additionalProperties"] = false;
    }
    (*node)["description"] = command->summary;
    Args own, global;
    GlobalOptions options;
    command->declare(own);
    declare_global_options(global, options, own);
    Value& properties = (*node)["properties"];
    add_options(own, properties);
    add_options(global, properties);
  }
  return root;
}

Value sources_schema() {
  CaptureFlags flags;
  Args args;
  add_source_settings(args, flags);
  Value root = document("urn:mlopsctl:sources:1", "sources",
                        "The file of 'capture --sources': many sources with their settings");
  const auto text = [](const char* description) {
    Value schema = Value::object();
    schema["type"] = "string";
    schema["description"] = description;
    return schema;
  };
  root["additionalProperties"] = false;
  root["required"] = types({"sources"});
  Value& properties = root["properties"];
  properties["schema"]["const"] = k_sources_schema;
  Value& defaults = properties["defaults"];
  defaults["type"] = "object";
  defaults["additionalProperties"] = false;
  add_options(args, defaults["properties"], false);
  Value& sources = properties["sources"];
  sources["type"] = "array";
  sources["minItems"] = 1;
  sources["maxItems"] = static_cast<std::int64_t>(capture::k_most_sources);
  Value& source = sources["items"];
  source["type"] = "object";
  source["additionalProperties"] = false;
  source["required"] = types({"name", "source"});
  source["properties"]["name"] = text("Its folder below -o");
  source["properties"]["source"] =
      text("As on the command line; ${NAME} is taken from the environment");
  add_options(args, source["properties"], false);
  return root;
}

} // namespace mlopsctl::commands
