// SPDX-License-Identifier: Apache-2.0
#include "commands/config_schema.hpp"

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
    schema["type"] = arg.is_repeatable ? types({"string", "number", "array"})
                                       : types({"string", "number", "boolean"});
  }
  schema["description"] =
      arg.help + (arg.is_guarded ? " (a project's file may set it once it is trusted)" : "");
  return schema;
}

void add_options(const Args& args, Value& properties) {
  for (const auto& arg : args.all())
    if (!arg->is_positional())
      properties[arg->key()] = option_schema(*arg);
}

} // namespace

Value config_schema() {
  Value root = Value::object();
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["$id"] = "urn:mlopsctl:config:1";
  root["title"] = "mlops.yaml";
  root["description"] = "Defaults for options by command, such as 'capture: {fps: 5}'";
  root["type"] = "object";
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

} // namespace mlopsctl::commands
